-- Courses that everybody finds: published, public, and not archived; each as its latest version says.
CREATE TABLE listings (
    course_id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Without case and accents.
    title_folded TEXT NOT NULL,
    short_description TEXT,
    image_url TEXT,
    price BIGINT NOT NULL,
    currency TEXT,
    language TEXT,
    level TEXT,
    duration BIGINT,
    -- JSON: lists of texts.
    tags TEXT NOT NULL,
    instructor_ids TEXT NOT NULL,
    category_id TEXT,
    version BIGINT NOT NULL,
    published_at BIGINT NOT NULL
);
-- What each filter looks up goes on in each order of the list. What is asked for together stands at the end.
CREATE INDEX listings_by_published_at ON listings (published_at, course_id, level, language, category_id, price);
CREATE INDEX listings_by_title_folded ON listings (title_folded, course_id, level, language, category_id, price);
CREATE INDEX listings_of_level_by_published_at ON listings (level, published_at, course_id);
CREATE INDEX listings_of_level_by_title_folded ON listings (level, title_folded, course_id);
CREATE INDEX listings_in_language_by_published_at ON listings (language, published_at, course_id);
CREATE INDEX listings_in_language_by_title_folded ON listings (language, title_folded, course_id);
CREATE INDEX listings_of_category_by_published_at ON listings (category_id, published_at, course_id);
CREATE INDEX listings_of_category_by_title_folded ON listings (category_id, title_folded, course_id);
CREATE INDEX listings_by_slug_and_published_at ON listings (slug, published_at, course_id);
CREATE INDEX listings_by_slug_and_title_folded ON listings (slug, title_folded, course_id);
CREATE INDEX listings_of_price_by_published_at ON listings (price, published_at, course_id);
CREATE INDEX listings_of_price_by_title_folded ON listings (price, title_folded, course_id);

-- Words, tags and instructors, as the kit keeps them.
CREATE TABLE listing_words (
    course_id TEXT NOT NULL,
    term TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    title_folded TEXT NOT NULL,
    level TEXT,
    language TEXT,
    category_id TEXT,
    price BIGINT,
    PRIMARY KEY (course_id, term)
);
CREATE INDEX listing_words_by_published_at ON listing_words (term, published_at, course_id, level, language, category_id, price);
CREATE INDEX listing_words_by_title_folded ON listing_words (term, title_folded, course_id, level, language, category_id, price);

CREATE TABLE listing_tags (
    course_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    title_folded TEXT NOT NULL,
    level TEXT,
    language TEXT,
    category_id TEXT,
    price BIGINT,
    PRIMARY KEY (course_id, tag)
);
CREATE INDEX listing_tags_by_published_at ON listing_tags (tag, published_at, course_id, level, language, category_id, price);
CREATE INDEX listing_tags_by_title_folded ON listing_tags (tag, title_folded, course_id, level, language, category_id, price);

CREATE TABLE listing_instructors (
    course_id TEXT NOT NULL,
    instructor_id TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    title_folded TEXT NOT NULL,
    level TEXT,
    language TEXT,
    category_id TEXT,
    price BIGINT,
    PRIMARY KEY (course_id, instructor_id)
);
CREATE INDEX listing_instructors_by_published_at ON listing_instructors (instructor_id, published_at, course_id, level, language, category_id, price);
CREATE INDEX listing_instructors_by_title_folded ON listing_instructors (instructor_id, title_folded, course_id, level, language, category_id, price);
