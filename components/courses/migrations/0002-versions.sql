-- Published versions. Nothing in these tables is ever changed.
CREATE TABLE course_versions (
    course_id TEXT NOT NULL REFERENCES courses (id),
    -- Counted from 1.
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    short_description TEXT,
    image_url TEXT,
    language TEXT,
    level TEXT,
    duration BIGINT,
    tags TEXT NOT NULL,
    prerequisites TEXT NOT NULL,
    learning_objectives TEXT NOT NULL,
    metadata TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (course_id, number)
);

CREATE TABLE version_modules (
    course_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    order_index BIGINT NOT NULL,
    duration BIGINT,
    metadata TEXT NOT NULL,
    PRIMARY KEY (course_id, number, id),
    FOREIGN KEY (course_id, number) REFERENCES course_versions (course_id, number)
);
CREATE INDEX version_modules_in_order ON version_modules (course_id, number, order_index);

CREATE TABLE version_lessons (
    course_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    module_id TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    order_index BIGINT NOT NULL,
    duration BIGINT,
    kind TEXT NOT NULL,
    content_id TEXT NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (course_id, number, id),
    FOREIGN KEY (course_id, number) REFERENCES course_versions (course_id, number)
);
CREATE INDEX version_lessons_in_order ON version_lessons (course_id, number, module_id, order_index);
CREATE INDEX version_lessons_by_content ON version_lessons (content_id);
