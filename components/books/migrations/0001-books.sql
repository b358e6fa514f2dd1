CREATE TABLE books (
    id TEXT NOT NULL PRIMARY KEY,
    -- ISBN-13, digits alone. Many books have none.
    isbn TEXT UNIQUE,
    title TEXT NOT NULL,
    -- Without case and accents, as much of it as counts for the order of lists.
    title_folded TEXT NOT NULL,
    subtitle TEXT,
    description TEXT,
    -- JSON: a list of texts.
    subjects TEXT NOT NULL,
    -- BCP 47.
    language TEXT,
    year BIGINT,
    publisher TEXT,
    -- JSON: a list of objects.
    contributors TEXT NOT NULL,
    genre_id TEXT,
    -- Its items but for those that were withdrawn, and how many of them are available.
    item_count BIGINT NOT NULL CHECK (item_count >= 0),
    available_count BIGINT NOT NULL CHECK (available_count >= 0),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- What each filter looks up goes on in each order of the list.
CREATE INDEX books_by_title_folded ON books (title_folded, id);
CREATE INDEX books_by_year ON books (COALESCE(year, 0), id);
CREATE INDEX books_by_created_at ON books (created_at, id);
CREATE INDEX books_of_year ON books (year);
CREATE INDEX books_of_genre_by_title_folded ON books (genre_id, title_folded, id);
CREATE INDEX books_of_genre_by_year ON books (genre_id, COALESCE(year, 0), id);
CREATE INDEX books_of_genre_by_created_at ON books (genre_id, created_at, id);
CREATE INDEX books_in_language_by_title_folded ON books (language, title_folded, id);
CREATE INDEX books_in_language_by_year ON books (language, COALESCE(year, 0), id);
CREATE INDEX books_in_language_by_created_at ON books (language, created_at, id);
CREATE INDEX books_available_by_title_folded ON books (title_folded, id) WHERE available_count > 0;
CREATE INDEX books_available_by_year ON books (COALESCE(year, 0), id) WHERE available_count > 0;
CREATE INDEX books_available_by_created_at ON books (created_at, id) WHERE available_count > 0;

-- Words and their beginnings, beginnings of the title, and authors, as the kit keeps them.
CREATE TABLE book_words (
    book_id TEXT NOT NULL,
    term TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    PRIMARY KEY (book_id, term)
);
CREATE INDEX book_words_by_title_folded ON book_words (term, title_folded, book_id);

CREATE TABLE book_beginnings (
    book_id TEXT NOT NULL,
    term TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    PRIMARY KEY (book_id, term)
);
CREATE INDEX book_beginnings_by_title_folded ON book_beginnings (term, title_folded, book_id);

CREATE TABLE book_authors (
    book_id TEXT NOT NULL,
    author_id TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    PRIMARY KEY (book_id, author_id)
);
CREATE INDEX book_authors_by_title_folded ON book_authors (author_id, title_folded, book_id);

CREATE TABLE items (
    id TEXT NOT NULL PRIMARY KEY,
    book_id TEXT NOT NULL REFERENCES books (id),
    barcode TEXT NOT NULL UNIQUE,
    location TEXT,
    call_number TEXT,
    status TEXT NOT NULL CHECK (status IN ('available', 'on_loan', 'in_repair', 'lost', 'withdrawn')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX items_by_barcode ON items (barcode, id);
CREATE INDEX items_with_status_by_barcode ON items (status, barcode, id);
CREATE INDEX items_at_location_by_barcode ON items (location, barcode, id);
CREATE INDEX items_of_book_by_barcode ON items (book_id, barcode, id);
CREATE INDEX items_of_book_with_status_by_barcode ON items (book_id, status, barcode, id);
CREATE INDEX items_of_book_at_location_by_barcode ON items (book_id, location, barcode, id);

-- Genres, as far as their events have come.
CREATE TABLE genres_seen (
    genre_id TEXT NOT NULL PRIMARY KEY,
    -- Neither archived nor removed.
    in_use BOOLEAN NOT NULL,
    genres_sequence BIGINT NOT NULL
);
