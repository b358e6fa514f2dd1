CREATE TABLE authors (
    id TEXT NOT NULL PRIMARY KEY,
    -- What older clients name an author by. It never changes.
    number BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- Folded texts are without case and accents.
    name_folded TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    sort_name_folded TEXT NOT NULL,
    -- A JSON array of texts.
    variants TEXT NOT NULL,
    biography TEXT,
    birth_year BIGINT,
    death_year BIGINT,
    -- Each names one person in the world.
    viaf TEXT UNIQUE,
    isni TEXT UNIQUE,
    orcid TEXT UNIQUE,
    -- A JSON object: the photo's object, and what it is.
    photo TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX authors_by_sort_name_folded ON authors (sort_name_folded, id);
CREATE INDEX authors_by_created_at ON authors (created_at, id);
-- How a name begins, as older clients ask.
CREATE INDEX authors_by_name_folded ON authors (name_folded, id);
CREATE INDEX authors_by_birth_year ON authors (birth_year);
CREATE INDEX authors_by_death_year ON authors (death_year);

-- Words of all names and their beginnings, and beginnings of whole names, as the kit keeps them.
CREATE TABLE author_words (
    author_id TEXT NOT NULL,
    term TEXT NOT NULL,
    sort_name_folded TEXT NOT NULL,
    PRIMARY KEY (author_id, term)
);
CREATE INDEX author_words_by_sort_name_folded ON author_words (term, sort_name_folded, author_id);

CREATE TABLE author_beginnings (
    author_id TEXT NOT NULL,
    term TEXT NOT NULL,
    sort_name_folded TEXT NOT NULL,
    PRIMARY KEY (author_id, term)
);
CREATE INDEX author_beginnings_by_sort_name_folded ON author_beginnings (term, sort_name_folded, author_id);

-- Every object in the container: noted before it is written, forgotten after it is removed.
CREATE TABLE photo_objects (
    name TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('writing', 'kept', 'unused')),
    changed_at BIGINT NOT NULL
);
CREATE INDEX photo_objects_by_state ON photo_objects (state, changed_at, name);
