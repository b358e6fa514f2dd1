CREATE TABLE readers (
    id TEXT NOT NULL PRIMARY KEY,
    -- YYYY/SEQ: the year in which the reader was added, and a count in it without gaps. It never changes.
    number TEXT NOT NULL UNIQUE,
    -- The account. It never changes.
    user_id TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    -- Folded texts are without case, the name also without accents.
    full_name_folded TEXT NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    -- YYYY-MM-DD.
    birth_date TEXT NOT NULL,
    phone_number TEXT,
    category TEXT NOT NULL,
    -- A JSON array of the names of genres.
    interests TEXT NOT NULL,
    gdpr_consent BOOLEAN NOT NULL,
    marketing_consent BOOLEAN NOT NULL,
    third_party_consent BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'blocked')),
    blocked_reason TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX readers_by_full_name_folded ON readers (full_name_folded, id);
CREATE INDEX readers_by_created_at ON readers (created_at, id);
CREATE INDEX readers_by_email_and_name ON readers (email_folded, full_name_folded, id);
CREATE INDEX readers_by_email_and_created_at ON readers (email_folded, created_at, id);
CREATE INDEX readers_by_phone_number_and_name ON readers (phone_number, full_name_folded, id);
CREATE INDEX readers_by_phone_number_and_created_at ON readers (phone_number, created_at, id);
CREATE INDEX readers_by_category_and_name ON readers (category, full_name_folded, id);
CREATE INDEX readers_by_category_and_created_at ON readers (category, created_at, id);
CREATE INDEX readers_by_status_and_name ON readers (status, full_name_folded, id);
CREATE INDEX readers_by_status_and_created_at ON readers (status, created_at, id);

-- Words of the name and their beginnings, as the kit keeps them.
CREATE TABLE reader_words (
    reader_id TEXT NOT NULL,
    term TEXT NOT NULL,
    full_name_folded TEXT NOT NULL,
    PRIMARY KEY (reader_id, term)
);
CREATE INDEX reader_words_by_full_name_folded ON reader_words (term, full_name_folded, reader_id);

-- Who has an account, as far as auth's events have come.
CREATE TABLE users_seen (
    user_id TEXT NOT NULL PRIMARY KEY,
    -- That of the last event about the person.
    auth_sequence BIGINT NOT NULL
);

-- Genres, as far as their events have come. One that was removed has no name.
CREATE TABLE genres_seen (
    genre_id TEXT NOT NULL PRIMARY KEY,
    name_folded TEXT NOT NULL,
    in_use BOOLEAN NOT NULL,
    -- That of the last event about the genre.
    genres_sequence BIGINT NOT NULL
);
CREATE INDEX genres_seen_by_name_folded ON genres_seen (name_folded);
