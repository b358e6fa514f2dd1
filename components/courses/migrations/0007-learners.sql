-- Who learns in which course, as enrolments tell it.
CREATE TABLE learners_seen (
    enrollment_id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- The version that they are on.
    course_version BIGINT NOT NULL DEFAULT 0,
    -- From when until when its lessons may be read.
    starts_at BIGINT,
    expires_at BIGINT,
    -- Whether they learn there no more.
    ended BOOLEAN NOT NULL,
    enrollments_sequence BIGINT NOT NULL
);
CREATE INDEX learners_seen_by_course ON learners_seen (course_id, user_id, ended, enrollment_id);
CREATE INDEX learners_seen_by_user ON learners_seen (user_id);

-- Who completed which lesson, as progress tells it.
CREATE TABLE completed_seen (
    user_id TEXT NOT NULL,
    lesson_id TEXT NOT NULL,
    progress_sequence BIGINT NOT NULL,
    PRIMARY KEY (user_id, lesson_id)
);

-- Who may read a lesson, and when.
ALTER TABLE lessons ADD COLUMN preview BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE lessons ADD COLUMN available_from BIGINT;
ALTER TABLE lessons ADD COLUMN available_until BIGINT;
ALTER TABLE lessons ADD COLUMN prerequisites TEXT NOT NULL DEFAULT '[]';
ALTER TABLE version_lessons ADD COLUMN preview BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE version_lessons ADD COLUMN available_from BIGINT;
ALTER TABLE version_lessons ADD COLUMN available_until BIGINT;
ALTER TABLE version_lessons ADD COLUMN prerequisites TEXT NOT NULL DEFAULT '[]';
