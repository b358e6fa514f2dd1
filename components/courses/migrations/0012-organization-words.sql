-- The words of what the members of an organisation find, as the kit keeps them. Courses from before are found by them
-- once they are published again.
CREATE TABLE organization_listing_words (
    course_id TEXT NOT NULL,
    term TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    organization_id TEXT,
    PRIMARY KEY (course_id, term)
);
CREATE INDEX organization_listing_words_by_title_folded ON organization_listing_words (term, title_folded, course_id, organization_id);
CREATE INDEX organization_listing_words_by_published_at ON organization_listing_words (term, published_at, course_id, organization_id);
