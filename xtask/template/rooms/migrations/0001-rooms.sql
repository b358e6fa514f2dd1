CREATE TABLE rooms (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Without case and accents.
    name_folded TEXT NOT NULL UNIQUE,
    description TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- One for each order of the list.
CREATE INDEX rooms_by_name_folded ON rooms (name_folded, id);
CREATE INDEX rooms_by_created_at ON rooms (created_at, id);

-- Words of the name and their beginnings, as the kit keeps them.
CREATE TABLE room_words (
    room_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    PRIMARY KEY (room_id, term)
);
CREATE INDEX room_words_by_name_folded ON room_words (term, name_folded, room_id);
