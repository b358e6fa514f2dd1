-- The tables of the service in tests/explain.rs.
CREATE TABLE things (
    id TEXT NOT NULL PRIMARY KEY,
    a TEXT NOT NULL,
    b TEXT NOT NULL
);
CREATE INDEX things_by_a ON things (a, id);
