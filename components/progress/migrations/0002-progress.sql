-- How far somebody is in a lesson, whatever the version and the enrolment.
CREATE TABLE lesson_progress (
    user_id TEXT NOT NULL,
    lesson_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    -- Hundredths of a percent, 0 to 10000.
    percent BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    completed_at BIGINT,
    last_activity_at BIGINT NOT NULL,
    -- Seconds by device, as JSON, and their sum.
    devices TEXT NOT NULL,
    time_spent BIGINT NOT NULL,
    last_position BIGINT,
    position_at BIGINT,
    position_device TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (user_id, lesson_id)
);
CREATE INDEX lesson_progress_of_course ON lesson_progress (user_id, course_id);

-- What a quiz or an assignment came to, by the rules for its attempts. It counts for completion.
CREATE TABLE item_results (
    user_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    -- quiz or assignment
    kind TEXT NOT NULL,
    -- Hundredths of a percent, 0 to 10000.
    score BIGINT NOT NULL,
    passed BOOLEAN NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, item_id)
);
CREATE INDEX item_results_of_course ON item_results (user_id, course_id);

-- How far somebody is in a course, by enrolment.
CREATE TABLE course_progress (
    enrollment_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    course_version BIGINT NOT NULL,
    -- Hundredths of a percent, 0 to 10000: never lower than it was.
    percent BIGINT NOT NULL,
    -- How many modules, lessons, quizzes and assignments there are and are complete, as JSON.
    counts TEXT NOT NULL,
    time_spent BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    completed_version BIGINT,
    -- By which instructor it was declared complete.
    declared_by TEXT,
    declared_at BIGINT,
    last_activity_at BIGINT,
    -- The same, or since when there is the row.
    active_at BIGINT NOT NULL,
    ended BOOLEAN NOT NULL,
    -- What the learner was called when it was written.
    learner_name TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX course_progress_of_course ON course_progress (course_id, active_at, enrollment_id);
CREATE INDEX course_progress_of_course_by_percent ON course_progress (course_id, percent, enrollment_id);
CREATE INDEX course_progress_at_risk ON course_progress (course_id, active_at, enrollment_id)
    WHERE completed_at IS NULL AND ended = FALSE;
CREATE INDEX course_progress_of_person ON course_progress (user_id, course_id);
CREATE INDEX course_progress_completed ON course_progress (user_id, completed_at) WHERE completed_at IS NOT NULL;

-- What somebody has done in all courses.
CREATE TABLE learners (
    user_id TEXT NOT NULL PRIMARY KEY,
    lessons_completed BIGINT NOT NULL,
    courses_completed BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL
);

-- Enrolments that are to be looked at again: whether they are complete may have changed.
CREATE TABLE settlements_due (
    enrollment_id TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX settlements_due_by_since ON settlements_due (since, enrollment_id);

-- What completes a course. Where nothing was said, all of its lessons do.
CREATE TABLE course_criteria (
    course_id TEXT NOT NULL PRIMARY KEY,
    combination TEXT NOT NULL,
    -- A list of objects, as JSON.
    criteria TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The moments that criteria wait for.
CREATE TABLE criteria_dates (
    course_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (course_id, due_at)
);
CREATE INDEX criteria_dates_by_time ON criteria_dates (due_at, course_id);
CREATE INDEX course_progress_declared ON course_progress (declared_by) WHERE declared_by IS NOT NULL;
