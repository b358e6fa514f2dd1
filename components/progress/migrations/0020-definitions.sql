-- Quizzes and assignments of published versions, as courses told them. They never change.
CREATE TABLE definitions (
    item_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    course_version BIGINT NOT NULL,
    -- quiz or assignment
    kind TEXT NOT NULL,
    -- When work is due, of an assignment.
    due_at BIGINT,
    -- All of it, with the answers, as JSON.
    body TEXT NOT NULL,
    PRIMARY KEY (item_id, course_id, course_version)
);
CREATE INDEX definitions_by_due ON definitions (due_at, item_id, course_version) WHERE due_at IS NOT NULL;
