CREATE TABLE files (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    original_filename TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    -- What counts against the owner's quota: as announced, then as stored.
    file_size BIGINT NOT NULL,
    -- SHA-256 in hexadecimal: as announced, if it was, then as stored.
    checksum TEXT,
    service_name TEXT NOT NULL,
    entity_type TEXT,
    entity_id TEXT,
    status TEXT NOT NULL CHECK (status IN ('uploading', 'available', 'deleted')),
    -- The object that holds the content, once there is one.
    object TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- When an upload that isn't complete is given up.
    expires_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX files_by_user ON files (user_id, id);
CREATE INDEX files_by_entity ON files (service_name, entity_type, entity_id);
CREATE INDEX files_by_expiry ON files (status, expires_at);

-- Parts of uploads that are not complete.
CREATE TABLE parts (
    file_id TEXT NOT NULL REFERENCES files (id),
    number BIGINT NOT NULL,
    object TEXT NOT NULL,
    size BIGINT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (file_id, number)
);

-- Every object in the container: noted before it is written, forgotten after it is removed.
CREATE TABLE objects (
    name TEXT PRIMARY KEY,
    file_id TEXT NOT NULL REFERENCES files (id),
    state TEXT NOT NULL CHECK (state IN ('writing', 'kept', 'doomed')),
    changed_at BIGINT NOT NULL
);
CREATE INDEX objects_by_state ON objects (state, changed_at);
CREATE INDEX objects_by_file ON objects (file_id);

-- How many bytes a person's files have.
CREATE TABLE quotas (
    user_id TEXT PRIMARY KEY,
    used BIGINT NOT NULL CHECK (used >= 0)
);
