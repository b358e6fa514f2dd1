-- Attempts at quizzes.
CREATE TABLE attempts (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    course_id TEXT NOT NULL,
    course_version BIGINT NOT NULL,
    module_id TEXT NOT NULL,
    lesson_id TEXT NOT NULL,
    quiz_id TEXT NOT NULL,
    -- Of this person at this quiz, from 1.
    number BIGINT NOT NULL,
    -- in-progress, completed or abandoned
    status TEXT NOT NULL,
    -- What is drawn and how it is put in order.
    seed BIGINT NOT NULL,
    -- Lists and an object, as JSON.
    answers TEXT NOT NULL,
    hand_marks TEXT NOT NULL,
    total_questions BIGINT NOT NULL,
    correct_answers BIGINT NOT NULL,
    incorrect_answers BIGINT NOT NULL,
    unanswered_questions BIGINT NOT NULL,
    -- Answers that somebody has to read.
    awaiting BIGINT NOT NULL,
    -- Exact fractions: a share of all points, points, points.
    share TEXT,
    points TEXT,
    points_possible TEXT NOT NULL,
    passed BOOLEAN,
    -- Seconds.
    time_spent BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ends_at BIGINT,
    -- What is there then is handed in.
    handed_in_by BIGINT,
    last_activity_at BIGINT NOT NULL,
    completed_at BIGINT,
    graded_at BIGINT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX attempts_in_progress ON attempts (user_id, quiz_id) WHERE status = 'in-progress';
CREATE UNIQUE INDEX attempts_by_number ON attempts (user_id, quiz_id, number);
CREATE INDEX attempts_of_person ON attempts (user_id, quiz_id, number, id);
CREATE INDEX attempts_of_course ON attempts (course_id, started_at, id);
CREATE INDEX attempts_of_course_by_quiz ON attempts (course_id, quiz_id, started_at, id);
CREATE INDEX attempts_of_course_by_person ON attempts (course_id, user_id, started_at, id);
CREATE INDEX attempts_awaiting ON attempts (course_id, started_at, id) WHERE awaiting > 0;
CREATE INDEX attempts_over ON attempts (handed_in_by, id) WHERE status = 'in-progress' AND handed_in_by IS NOT NULL;
CREATE INDEX attempts_idle ON attempts (last_activity_at, id) WHERE status = 'in-progress' AND handed_in_by IS NULL;
