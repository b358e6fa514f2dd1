CREATE TABLE subjects (
    id BIGINT NOT NULL PRIMARY KEY,
    -- A number of the service of syllabi.
    semester_id BIGINT NOT NULL,
    -- An older system's number of a person, as it was stated.
    user_id BIGINT,
    owner_id TEXT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    code TEXT,
    credits BIGINT,
    description TEXT,
    -- JSON: numbers of subjects in the order in which they were given.
    prerequisites TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX subjects_by_semester ON subjects (semester_id, id);
CREATE INDEX subjects_by_status ON subjects (status, id);
CREATE INDEX subjects_by_code ON subjects (code, id);
CREATE INDEX subjects_by_owner ON subjects (owner_id, id);
CREATE INDEX subjects_by_name ON subjects (name_folded, id);
CREATE INDEX subjects_by_semester_and_name ON subjects (semester_id, name_folded, id);
CREATE INDEX subjects_by_status_and_name ON subjects (status, name_folded, id);
CREATE INDEX subjects_by_code_and_name ON subjects (code, name_folded, id);
CREATE INDEX subjects_by_owner_and_name ON subjects (owner_id, name_folded, id);

-- The same prerequisites, to be asked the other way round.
CREATE TABLE subject_prerequisites (
    subject_id BIGINT NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    prerequisite_id BIGINT NOT NULL REFERENCES subjects (id),
    PRIMARY KEY (subject_id, prerequisite_id)
);
CREATE INDEX subject_prerequisites_by_prerequisite ON subject_prerequisites (prerequisite_id, subject_id);

CREATE TABLE subject_metadata (
    subject_id BIGINT NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    metadata_key TEXT NOT NULL,
    -- Any JSON.
    metadata_value TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, metadata_key)
);
