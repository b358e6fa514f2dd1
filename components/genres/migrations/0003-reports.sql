-- Books as their events say, and of which genre they are. One that was removed is of none.
CREATE TABLE books_seen (
    book_id TEXT NOT NULL PRIMARY KEY,
    genre_id TEXT,
    -- That of the last event about the book.
    books_sequence BIGINT NOT NULL
);
CREATE INDEX books_seen_of_genre ON books_seen (genre_id);

-- Lendings as their events say, and of which genre the book was.
CREATE TABLE lendings_seen (
    lending_id TEXT NOT NULL PRIMARY KEY,
    genre_id TEXT,
    -- YYYY-MM-DD, in the library's time zone.
    started_on TEXT NOT NULL,
    -- Until it came back; NULL while it is out.
    days BIGINT,
    -- That of the last event about the lending.
    lendings_sequence BIGINT NOT NULL
);
CREATE INDEX lendings_seen_by_day ON lendings_seen (started_on, genre_id, days);
