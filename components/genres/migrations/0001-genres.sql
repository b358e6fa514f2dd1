CREATE TABLE genres (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Without case and accents: a name is there once in the whole tree.
    name_folded TEXT NOT NULL UNIQUE,
    description TEXT,
    parent_id TEXT REFERENCES genres (id),
    archived BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- What each filter looks up goes on in each order of the list.
CREATE INDEX genres_by_name_folded ON genres (name_folded, id);
CREATE INDEX genres_by_created_at ON genres (created_at, id);
CREATE INDEX genres_below_by_name_folded ON genres (parent_id, name_folded, id);
CREATE INDEX genres_below_by_created_at ON genres (parent_id, created_at, id);
CREATE INDEX genres_archived_by_name_folded ON genres (archived, name_folded, id);
CREATE INDEX genres_archived_by_created_at ON genres (archived, created_at, id);
CREATE INDEX genres_top_by_name_folded ON genres (name_folded, id) WHERE parent_id IS NULL;
CREATE INDEX genres_top_by_created_at ON genres (created_at, id) WHERE parent_id IS NULL;

-- Words and their beginnings, beginnings of the whole, and pieces of the name, as the kit keeps them.
CREATE TABLE genre_words (
    genre_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    PRIMARY KEY (genre_id, term)
);
CREATE INDEX genre_words_by_name_folded ON genre_words (term, name_folded, genre_id);

CREATE TABLE genre_beginnings (
    genre_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    PRIMARY KEY (genre_id, term)
);
CREATE INDEX genre_beginnings_by_name_folded ON genre_beginnings (term, name_folded, genre_id);

CREATE TABLE genre_pieces (
    genre_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    PRIMARY KEY (genre_id, term)
);
CREATE INDEX genre_pieces_by_name_folded ON genre_pieces (term, name_folded, genre_id);
