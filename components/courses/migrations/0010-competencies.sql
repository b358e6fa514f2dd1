-- What learners have to be able to do before: a list of objects, as JSON.
ALTER TABLE courses ADD COLUMN required_competencies TEXT NOT NULL DEFAULT '[]';
ALTER TABLE course_versions ADD COLUMN required_competencies TEXT NOT NULL DEFAULT '[]';

-- Which competencies there are, as progress tells it.
CREATE TABLE competencies_seen (
    competency_id TEXT NOT NULL PRIMARY KEY,
    -- NULL of one that is gone.
    name TEXT,
    progress_sequence BIGINT NOT NULL
);
