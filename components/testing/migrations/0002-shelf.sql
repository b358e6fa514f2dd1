CREATE TABLE books_seen (
    book_id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    gone BOOLEAN NOT NULL,
    books_sequence BIGINT NOT NULL
);
CREATE TABLE copies_seen (
    copy_id TEXT NOT NULL PRIMARY KEY,
    book_id TEXT NOT NULL,
    shelf TEXT NOT NULL,
    books_sequence BIGINT NOT NULL
);
CREATE TABLE changes (
    name TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
);
INSERT INTO changes (name, count) VALUES ('books', 0);
