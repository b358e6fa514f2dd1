-- Lendings as their events say, for what the older library's clients ask. No person is in it.
CREATE TABLE lendings_seen (
    lending_id TEXT NOT NULL PRIMARY KEY,
    book_id TEXT NOT NULL,
    -- YYYY-MM-DD
    started_on TEXT NOT NULL,
    -- Until it came back; NULL while it is out.
    days BIGINT
);
CREATE INDEX lendings_seen_of_book ON lendings_seen (book_id, days);
CREATE INDEX lendings_seen_by_day ON lendings_seen (started_on, book_id);

-- What readers like, as far as their events have come. Who is a reader no more has neither account nor interests here.
CREATE TABLE readers_seen (
    reader_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT,
    -- JSON: a list of names of genres.
    interests TEXT,
    readers_sequence BIGINT NOT NULL
);
CREATE INDEX readers_seen_of_user ON readers_seen (user_id);
