CREATE TABLE things (
    id TEXT PRIMARY KEY,
    text TEXT NOT NULL
);
INSERT INTO things (id, text) VALUES ('one', 'a row to be read');
