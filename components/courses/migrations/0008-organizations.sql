-- The organisation that a course belongs to.
ALTER TABLE courses ADD COLUMN organization_id TEXT;

-- Who is in which organisation, as users tell it.
CREATE TABLE members_seen (
    organization_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    is_member BOOLEAN NOT NULL,
    users_sequence BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX members_seen_by_user ON members_seen (user_id);

-- Organisations that are gone: their members left without being named.
CREATE TABLE deleted_organizations_seen (
    organization_id TEXT NOT NULL PRIMARY KEY,
    users_sequence BIGINT NOT NULL
);

-- Courses that the members of an organisation find: as in listings.
CREATE TABLE organization_listings (
    course_id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    short_description TEXT,
    image_url TEXT,
    price BIGINT NOT NULL,
    currency TEXT,
    language TEXT,
    level TEXT,
    duration BIGINT,
    tags TEXT NOT NULL,
    instructor_ids TEXT NOT NULL,
    category_id TEXT,
    version BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    organization_id TEXT NOT NULL
);
CREATE INDEX organization_listings_by_title ON organization_listings (organization_id, title_folded, course_id);
CREATE INDEX organization_listings_by_time ON organization_listings (organization_id, published_at, course_id);
