-- Who creates courses may copy it.
ALTER TABLE courses ADD COLUMN is_template BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX courses_that_are_templates ON courses (is_template, id);

-- Courses that a job is still filling with the copy of another one.
CREATE TABLE course_copies (
    course_id TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
