-- The order in which books change, as harvesters see it: microseconds since 1970, but never the same twice. Who writes a book
-- holds the row until the commit, so that what is seen at a moment is all that changed until then.
CREATE TABLE record_clock (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- What became of each book and when: the last change for ever, also of one that was deleted, and those before it for as long as
-- somebody may be reading a list that began then.
CREATE TABLE record_changes (
    book_id TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- When the next change was; NULL for the last one.
    replaced_at BIGINT,
    deleted BOOLEAN NOT NULL,
    language TEXT,
    PRIMARY KEY (book_id, changed_at)
);
CREATE INDEX record_changes_by_changed_at ON record_changes (changed_at, book_id);
CREATE INDEX record_changes_in_language_by_changed_at ON record_changes (language, changed_at, book_id);
CREATE INDEX record_changes_by_replaced_at ON record_changes (replaced_at, book_id, changed_at) WHERE replaced_at IS NOT NULL;

-- The languages that books are or were in: sets of records.
CREATE TABLE record_languages (
    language TEXT NOT NULL PRIMARY KEY
);

INSERT INTO record_changes (book_id, changed_at, deleted, language) SELECT id, updated_at, FALSE, language FROM books;
INSERT INTO record_languages (language) SELECT DISTINCT language FROM books WHERE language IS NOT NULL;
INSERT INTO record_clock (id, at) SELECT 1, COALESCE(MAX(changed_at), 0) FROM record_changes;

-- Words of titles, and of those who took part, as the kit keeps them.
CREATE TABLE book_title_words (
    book_id TEXT NOT NULL,
    term TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    PRIMARY KEY (book_id, term)
);
CREATE INDEX book_title_words_by_title_folded ON book_title_words (term, title_folded, book_id);

CREATE TABLE book_name_words (
    book_id TEXT NOT NULL,
    term TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    PRIMARY KEY (book_id, term)
);
CREATE INDEX book_name_words_by_title_folded ON book_name_words (term, title_folded, book_id);

-- Books of which these words are not kept yet: those that were there before.
CREATE TABLE books_without_field_words (
    book_id TEXT NOT NULL PRIMARY KEY
);
INSERT INTO books_without_field_words (book_id) SELECT id FROM books;
