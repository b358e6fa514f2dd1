-- What those who took a course say of it: one a person.
CREATE TABLE reviews (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL REFERENCES courses (id),
    user_id TEXT NOT NULL,
    -- From 1 to 5.
    rating BIGINT NOT NULL,
    text TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX reviews_of_user ON reviews (user_id, course_id);
CREATE INDEX reviews_by_course ON reviews (course_id, id, rating);

-- Courses of which the numbers in the catalogue are to be counted anew.
CREATE TABLE stale_listings (
    course_id TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX stale_listings_by_since ON stale_listings (since, course_id);

-- The average of all ratings, in hundredths; 0 if there is none.
ALTER TABLE listings ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listings ADD COLUMN rating_count BIGINT NOT NULL DEFAULT 0;
-- How many have been enrolled.
ALTER TABLE listings ADD COLUMN learner_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organization_listings ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organization_listings ADD COLUMN rating_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organization_listings ADD COLUMN learner_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listing_words ADD COLUMN learner_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listing_words ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listing_tags ADD COLUMN learner_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listing_tags ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listing_instructors ADD COLUMN learner_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE listing_instructors ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;

CREATE INDEX listings_by_learner_count ON listings (learner_count, course_id, level, language, category_id, price);
CREATE INDEX listings_of_level_by_learner_count ON listings (level, learner_count, course_id);
CREATE INDEX listings_in_language_by_learner_count ON listings (language, learner_count, course_id);
CREATE INDEX listings_of_category_by_learner_count ON listings (category_id, learner_count, course_id);
CREATE INDEX listings_of_price_by_learner_count ON listings (price, learner_count, course_id);
CREATE INDEX listings_by_slug_and_learner_count ON listings (slug, learner_count, course_id);
CREATE INDEX listings_by_rating ON listings (rating, course_id, level, language, category_id, price);
CREATE INDEX listings_of_level_by_rating ON listings (level, rating, course_id);
CREATE INDEX listings_in_language_by_rating ON listings (language, rating, course_id);
CREATE INDEX listings_of_category_by_rating ON listings (category_id, rating, course_id);
CREATE INDEX listings_of_price_by_rating ON listings (price, rating, course_id);
CREATE INDEX listings_by_slug_and_rating ON listings (slug, rating, course_id);
CREATE INDEX listing_words_by_learner_count ON listing_words (term, learner_count, course_id, level, language, category_id, price);
CREATE INDEX listing_words_by_rating ON listing_words (term, rating, course_id, level, language, category_id, price);
CREATE INDEX listing_tags_by_learner_count ON listing_tags (tag, learner_count, course_id, level, language, category_id, price);
CREATE INDEX listing_tags_by_rating ON listing_tags (tag, rating, course_id, level, language, category_id, price);
CREATE INDEX listing_instructors_by_learner_count ON listing_instructors (instructor_id, learner_count, course_id, level, language, category_id, price);
CREATE INDEX listing_instructors_by_rating ON listing_instructors (instructor_id, rating, course_id, level, language, category_id, price);
