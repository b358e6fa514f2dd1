-- What holds for all grades of a course. Where there is no row, nothing was said.
CREATE TABLE gradebooks (
    course_id TEXT NOT NULL PRIMARY KEY,
    -- As JSON.
    settings TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Counts what changes the totals of everybody, and up to where they were counted again.
    revision BIGINT NOT NULL DEFAULT 0,
    settled BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX gradebooks_unsettled ON gradebooks (course_id) WHERE settled < revision;

CREATE TABLE grade_items (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL,
    -- quiz, assignment or manual
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Decimal numbers.
    points_possible TEXT NOT NULL,
    category_id TEXT,
    weight TEXT,
    extra_credit BOOLEAN NOT NULL,
    hidden BOOLEAN NOT NULL,
    locked BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    -- The version that title and points are of, for a quiz or an assignment.
    course_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX grade_items_of_course ON grade_items (course_id, position, id);

CREATE TABLE grades (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    -- Exact fractions.
    points TEXT,
    arrived TEXT,
    -- A decimal number.
    overridden TEXT,
    excused BOOLEAN NOT NULL,
    hidden BOOLEAN NOT NULL,
    locked BOOLEAN NOT NULL,
    comment TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX grades_of_person ON grades (user_id, item_id);
CREATE INDEX grades_of_course ON grades (course_id, user_id);
CREATE INDEX grades_of_item ON grades (item_id);

-- What the grades of somebody come to, as it is shown.
CREATE TABLE grade_totals (
    course_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- As JSON.
    total TEXT NOT NULL,
    -- The gradebook's, when it was counted.
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (course_id, user_id)
);
CREATE INDEX grade_totals_by_revision ON grade_totals (course_id, revision, user_id);
CREATE INDEX grade_totals_of_person ON grade_totals (user_id);

-- Each change of a grade, and by whom.
CREATE TABLE grade_history (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    points TEXT,
    overridden TEXT,
    excused BOOLEAN NOT NULL,
    hidden BOOLEAN NOT NULL,
    locked BOOLEAN NOT NULL,
    comment TEXT,
    -- None if it was worked out.
    changed_by TEXT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX grade_history_of_grade ON grade_history (user_id, item_id, changed_at, id);
CREATE INDEX grade_history_by_person ON grade_history (changed_by);
