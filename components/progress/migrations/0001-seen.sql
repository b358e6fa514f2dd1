-- What courses tells: each course as it is now.
CREATE TABLE courses_seen (
    course_id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    -- A list, as JSON.
    instructor_ids TEXT NOT NULL,
    removed BOOLEAN NOT NULL,
    courses_sequence BIGINT NOT NULL
);

-- A published version, which never changes.
CREATE TABLE course_versions (
    course_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    -- All modules with their lessons, in order, as JSON.
    modules TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    courses_sequence BIGINT NOT NULL,
    PRIMARY KEY (course_id, version)
);

-- In which lesson of which version a quiz or an assignment is.
CREATE TABLE version_items (
    item_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    module_id TEXT NOT NULL,
    lesson_id TEXT NOT NULL,
    -- quiz or assignment
    kind TEXT NOT NULL,
    PRIMARY KEY (item_id, course_id, version)
);
CREATE INDEX version_items_of_version ON version_items (course_id, version);

-- What enrollments tells: who learns where.
CREATE TABLE enrollments_seen (
    enrollment_id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- 0 if only its end was heard of.
    course_version BIGINT NOT NULL,
    starts_at BIGINT,
    expires_at BIGINT,
    enrolled_at BIGINT,
    ended BOOLEAN NOT NULL,
    enrollments_sequence BIGINT NOT NULL
);
CREATE INDEX enrollments_seen_of_person ON enrollments_seen (user_id, enrollment_id);
CREATE INDEX enrollments_seen_of_person_and_course ON enrollments_seen (user_id, course_id);
CREATE INDEX enrollments_seen_of_course ON enrollments_seen (course_id, ended, enrollment_id);

-- What people are called.
CREATE TABLE people_seen (
    user_id TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    users_sequence BIGINT NOT NULL
);
