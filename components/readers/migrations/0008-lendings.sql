-- Lendings as their events say: who borrowed, and of which genre the book was.
CREATE TABLE lendings_seen (
    lending_id TEXT NOT NULL PRIMARY KEY,
    -- The account of who borrowed.
    user_id TEXT NOT NULL,
    genre_id TEXT,
    -- YYYY-MM-DD, in UTC.
    started_on TEXT NOT NULL,
    -- That of the last event about the lending.
    lendings_sequence BIGINT NOT NULL
);
CREATE INDEX lendings_seen_of_user ON lendings_seen (user_id);
CREATE INDEX lendings_seen_of_genre ON lendings_seen (genre_id, started_on, user_id);
