-- What people hand in for assignments.
CREATE TABLE submissions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    course_version BIGINT NOT NULL,
    module_id TEXT NOT NULL,
    lesson_id TEXT NOT NULL,
    assignment_id TEXT NOT NULL,
    -- Of this person for this assignment, from 1.
    number BIGINT NOT NULL,
    -- draft, submitted or graded
    status TEXT NOT NULL,
    -- text, file or link
    kind TEXT NOT NULL,
    text_content TEXT,
    file_url TEXT,
    link_url TEXT,
    -- When it was due for this person.
    due_at BIGINT,
    late BOOLEAN NOT NULL,
    -- Exact fractions: percent of what was reached, points, points after the penalty.
    penalty TEXT NOT NULL,
    points TEXT,
    score TEXT,
    max_score TEXT NOT NULL,
    -- Judgements by criterion, as JSON.
    rubric TEXT NOT NULL,
    feedback TEXT,
    graded_by TEXT,
    submitted_at BIGINT,
    graded_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX submissions_draft ON submissions (user_id, assignment_id) WHERE status = 'draft';
CREATE UNIQUE INDEX submissions_by_number ON submissions (user_id, assignment_id, number);
CREATE INDEX submissions_of_person ON submissions (user_id, assignment_id, number, id);
CREATE INDEX submissions_of_course ON submissions (course_id, created_at, id);
CREATE INDEX submissions_of_course_by_status ON submissions (course_id, status, created_at, id);
CREATE INDEX submissions_of_course_by_assignment ON submissions (course_id, assignment_id, created_at, id);
CREATE INDEX submissions_of_course_by_person ON submissions (course_id, user_id, created_at, id);

-- What is said of a submission.
CREATE TABLE submission_comments (
    id TEXT NOT NULL PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    user_id TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX submission_comments_of_submission ON submission_comments (submission_id, created_at, id);
CREATE INDEX submission_comments_of_person ON submission_comments (user_id);

-- Other dates for one person.
CREATE TABLE assignment_extensions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    assignment_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    due_at BIGINT,
    closes_at BIGINT,
    granted_by TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX assignment_extensions_of_person ON assignment_extensions (user_id, assignment_id);
CREATE INDEX assignment_extensions_by_due ON assignment_extensions (due_at, id) WHERE due_at IS NOT NULL;

-- Who was told of which date.
CREATE TABLE due_reminders (
    assignment_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (assignment_id, user_id, due_at)
);
CREATE INDEX due_reminders_of_person ON due_reminders (user_id);
