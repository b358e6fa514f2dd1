-- The older library's clients see an ISBN in the form in which it was given.
ALTER TABLE books ADD COLUMN isbn_given_as_ten BOOLEAN NOT NULL DEFAULT FALSE;

-- They know genres by their names: NULL until the genre's event is read, for what was seen before by rebuilding the read models.
ALTER TABLE genres_seen ADD COLUMN name TEXT;
ALTER TABLE genres_seen ADD COLUMN name_folded TEXT;
CREATE INDEX genres_seen_by_name ON genres_seen (name);
CREATE INDEX genres_seen_by_name_folded ON genres_seen (name_folded);

-- Authors, as far as their events have come. Without a name they were removed.
CREATE TABLE authors_seen (
    author_id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    name TEXT,
    name_folded TEXT,
    authors_sequence BIGINT NOT NULL
);
CREATE INDEX authors_seen_by_number ON authors_seen (number);
CREATE INDEX authors_seen_by_name_folded ON authors_seen (name_folded);
