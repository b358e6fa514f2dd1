-- What was made out for those who completed a course. It is never changed, but for being revoked.
CREATE TABLE certificates (
    id TEXT NOT NULL PRIMARY KEY,
    -- By which anybody verifies it.
    code TEXT NOT NULL UNIQUE,
    enrollment_id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    course_title TEXT NOT NULL,
    course_version BIGINT NOT NULL,
    -- As it was when it was made out; not there if it wasn't known.
    holder_name TEXT,
    issued_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_by TEXT,
    revoked_reason TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX certificates_of_person ON certificates (user_id, id);
CREATE INDEX certificates_revoked ON certificates (revoked_by) WHERE revoked_by IS NOT NULL;
