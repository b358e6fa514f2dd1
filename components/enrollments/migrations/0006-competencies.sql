-- What learners have to be able to do before: a list of objects, as JSON.
ALTER TABLE courses_seen ADD COLUMN required_competencies TEXT NOT NULL DEFAULT '[]';

-- How far people are in competencies, as progress tells it.
CREATE TABLE competencies_seen (
    user_id TEXT NOT NULL,
    competency_id TEXT NOT NULL,
    -- From 0 to 100.
    level BIGINT NOT NULL,
    progress_sequence BIGINT NOT NULL,
    PRIMARY KEY (user_id, competency_id)
);
