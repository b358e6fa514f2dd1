-- Whether a copy that is free is lent to anybody although others wait for the book.
ALTER TABLE circulation_rules ADD COLUMN lent_while_awaited BOOLEAN NOT NULL DEFAULT FALSE;

-- Books that are about to be deleted, of which nothing new begins until that moment.
CREATE TABLE book_closures (
    book_id TEXT NOT NULL PRIMARY KEY,
    ends_at BIGINT NOT NULL
);
CREATE INDEX book_closures_by_end ON book_closures (ends_at);
-- Whether somebody has a copy of a book, or the book.
CREATE INDEX lendings_out_of_title ON lendings (book_id) WHERE book_id IS NOT NULL AND returned_at IS NULL;
-- A planner takes any partial index whose condition it can prove: so each says what only its own queries do.
DROP INDEX lendings_out;
CREATE UNIQUE INDEX lendings_out ON lendings (item_id) WHERE item_id IS NOT NULL AND returned_at IS NULL;
