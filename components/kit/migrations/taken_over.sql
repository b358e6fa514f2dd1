-- Records that were taken over from an older system, by the keys that it gave them. What is here and has no row of its own any
-- more was deleted since, and is not brought back.
CREATE TABLE taken_over (
    record TEXT NOT NULL PRIMARY KEY,
    taken_over_at BIGINT NOT NULL
);
