-- Books as their events say. One that was removed stays, and says so.
CREATE TABLE books_seen (
    book_id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    isbn TEXT,
    removed BOOLEAN NOT NULL,
    -- That of the last event about the book.
    books_sequence BIGINT NOT NULL
);

-- Who wrote them, of those who have a record here.
CREATE TABLE book_authors (
    author_id TEXT NOT NULL,
    book_id TEXT NOT NULL,
    PRIMARY KEY (author_id, book_id)
);
CREATE INDEX book_authors_by_book ON book_authors (book_id, author_id);
