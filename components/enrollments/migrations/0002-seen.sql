-- What others tell: courses, people, who is in which organisation and cohort.
CREATE TABLE courses_seen (
    course_id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'draft',
    visibility TEXT NOT NULL DEFAULT 'private',
    organization_id TEXT,
    -- In the smallest unit of the currency.
    price BIGINT NOT NULL DEFAULT 0,
    currency TEXT,
    published_version BIGINT,
    -- Lists of ids, as JSON.
    prerequisites TEXT NOT NULL DEFAULT '[]',
    instructor_ids TEXT NOT NULL DEFAULT '[]',
    removed BOOLEAN NOT NULL DEFAULT FALSE,
    courses_sequence BIGINT NOT NULL
);

CREATE TABLE people_seen (
    user_id TEXT NOT NULL PRIMARY KEY,
    -- In the one form in which they are compared.
    address TEXT NOT NULL,
    auth_sequence BIGINT NOT NULL
);
CREATE INDEX people_seen_by_address ON people_seen (address);

CREATE TABLE organizations_seen (
    organization_id TEXT NOT NULL PRIMARY KEY,
    removed BOOLEAN NOT NULL,
    users_sequence BIGINT NOT NULL
);

CREATE TABLE members_seen (
    organization_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- NULL for who has left.
    role TEXT,
    users_sequence BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX members_seen_by_user ON members_seen (user_id);

CREATE TABLE cohorts_seen (
    cohort_id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    removed BOOLEAN NOT NULL,
    users_sequence BIGINT NOT NULL
);

CREATE TABLE cohort_members_seen (
    cohort_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    present BOOLEAN NOT NULL,
    users_sequence BIGINT NOT NULL,
    PRIMARY KEY (cohort_id, user_id)
);
CREATE INDEX cohort_members_seen_by_user ON cohort_members_seen (user_id);
