-- What the older library's clients ask for: books by ISBN, what readers say of a lending, lendings by number, how long they take.
ALTER TABLE books_seen ADD COLUMN isbn TEXT;
CREATE INDEX books_seen_by_isbn ON books_seen (isbn);

ALTER TABLE lendings ADD COLUMN commentary TEXT;
CREATE INDEX lendings_by_number ON lendings (number, id);
CREATE INDEX lendings_out_by_number ON lendings (returned_at, number, id);
CREATE INDEX lendings_of_reader_by_number ON lendings (reader_id, number, id);
CREATE INDEX lendings_of_book_by_number ON lendings (book_id, number, id);
CREATE INDEX lendings_started_on ON lendings (started_on);

-- How many lendings ended on each day, and how many days they took together.
CREATE TABLE returns_by_day (
    day TEXT NOT NULL PRIMARY KEY,
    lendings BIGINT NOT NULL,
    days BIGINT NOT NULL
);
