-- Lendings as their events say. No person is in it.
CREATE TABLE lendings_seen (
    lending_id TEXT NOT NULL PRIMARY KEY,
    book_id TEXT NOT NULL,
    lendings_sequence BIGINT NOT NULL
);
CREATE INDEX lendings_seen_of_book ON lendings_seen (book_id);
