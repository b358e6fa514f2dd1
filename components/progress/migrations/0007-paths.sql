-- What courses tells of learning paths: each as it is now.
CREATE TABLE paths_seen (
    learning_path_id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    -- In order, as JSON.
    courses TEXT NOT NULL,
    removed BOOLEAN NOT NULL,
    courses_sequence BIGINT NOT NULL
);
