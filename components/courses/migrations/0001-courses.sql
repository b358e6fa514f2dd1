CREATE TABLE course_categories (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Without case and accents: a name is there once.
    name_folded TEXT NOT NULL UNIQUE,
    description TEXT,
    review_required BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX course_categories_by_name_folded ON course_categories (name_folded, id);

-- A course and its draft. What a published version says is in course_versions.
CREATE TABLE courses (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT,
    short_description TEXT,
    image_url TEXT,
    visibility TEXT NOT NULL,
    -- In the smallest unit of the currency.
    price BIGINT NOT NULL,
    currency TEXT,
    language TEXT,
    level TEXT,
    -- Seconds.
    duration BIGINT,
    -- Lists and an object, as JSON.
    tags TEXT NOT NULL,
    prerequisites TEXT NOT NULL,
    learning_objectives TEXT NOT NULL,
    instructor_ids TEXT NOT NULL,
    metadata TEXT NOT NULL,
    category_id TEXT REFERENCES course_categories (id),
    status TEXT NOT NULL,
    draft_status TEXT NOT NULL,
    review_comment TEXT,
    publish_at BIGINT,
    published_version BIGINT,
    published_title TEXT,
    published_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Counts the changes of modules and lessons. It is written by them alone, so that nobody puts an older count back.
    outline BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX courses_by_category ON courses (category_id);
CREATE INDEX courses_by_draft_status ON courses (draft_status, id);
CREATE INDEX courses_by_status ON courses (status, id);
CREATE INDEX courses_to_be_published ON courses (publish_at, id) WHERE publish_at IS NOT NULL;

CREATE TABLE course_instructors (
    user_id TEXT NOT NULL,
    course_id TEXT NOT NULL REFERENCES courses (id),
    PRIMARY KEY (user_id, course_id)
);
CREATE INDEX course_instructors_by_course ON course_instructors (course_id);

CREATE TABLE modules (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL REFERENCES courses (id),
    title TEXT NOT NULL,
    description TEXT,
    -- Counted from 0, without gaps within the course.
    order_index BIGINT NOT NULL,
    duration BIGINT,
    status TEXT NOT NULL,
    metadata TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX modules_by_course ON modules (course_id, order_index, id);

CREATE TABLE lessons (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL REFERENCES courses (id),
    module_id TEXT NOT NULL REFERENCES modules (id),
    title TEXT NOT NULL,
    description TEXT,
    -- Counted from 0, without gaps within the module.
    order_index BIGINT NOT NULL,
    duration BIGINT,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    -- The document, which is never changed: another content is another document.
    content_id TEXT NOT NULL,
    metadata TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX lessons_by_module ON lessons (module_id, order_index, id);
CREATE INDEX lessons_by_course ON lessons (course_id, module_id, order_index);

-- Documents that no lesson refers to: not yet, or not any more.
CREATE TABLE loose_contents (
    content_id TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX loose_contents_by_since ON loose_contents (since, content_id);
