-- What quizzes of a course's draft draw their questions from.
CREATE TABLE question_banks (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL REFERENCES courses (id),
    title TEXT NOT NULL,
    description TEXT,
    question_count BIGINT NOT NULL,
    -- The document with the questions, which is never changed.
    content_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX question_banks_by_course ON question_banks (course_id, id);

-- How many questions of which bank each quiz of a draft draws.
CREATE TABLE lesson_draws (
    lesson_id TEXT NOT NULL,
    bank_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    question_count BIGINT NOT NULL,
    PRIMARY KEY (lesson_id, bank_id)
);
CREATE INDEX lesson_draws_by_bank ON lesson_draws (bank_id, question_count);
CREATE INDEX lesson_draws_by_course ON lesson_draws (course_id);

-- The banks as each published version has them. Nothing in this table is ever changed.
CREATE TABLE version_banks (
    course_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    PRIMARY KEY (course_id, number, id)
);
CREATE INDEX version_banks_by_content ON version_banks (content_id);
