-- How people are enrolled in a course, and how many places are taken. The counts are changed by statements alone that look at
-- what they find, so that no place is given twice.
CREATE TABLE course_places (
    course_id TEXT NOT NULL PRIMARY KEY,
    -- NULL: as many as there are.
    capacity BIGINT,
    waiting_list BOOLEAN NOT NULL,
    self_enrollment BOOLEAN NOT NULL,
    opens_at BIGINT,
    closes_at BIGINT,
    starts_at BIGINT,
    ends_at BIGINT,
    valid_days BIGINT,
    -- Counts the changes of what is above.
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    taken BIGINT NOT NULL DEFAULT 0 CHECK (taken >= 0),
    waiting BIGINT NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    -- How many have ever waited: their numbers say who is first.
    tickets BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX course_places_awaited ON course_places (course_id) WHERE waiting > 0;

CREATE TABLE enrollments (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL,
    -- NULL once the person's data was erased.
    user_id TEXT,
    status TEXT NOT NULL,
    origin TEXT NOT NULL,
    -- The invitation that was used.
    invitation_id TEXT,
    waive_prerequisites BOOLEAN NOT NULL,
    waive_payment BOOLEAN NOT NULL,
    course_version BIGINT,
    starts_at BIGINT,
    expires_at BIGINT,
    -- What was asked for, in the smallest unit of the currency.
    amount BIGINT,
    currency TEXT,
    payment_asked_at BIGINT,
    payment_until BIGINT,
    payment_id TEXT,
    failure_reason TEXT,
    ticket BIGINT NOT NULL,
    waitlisted_at BIGINT,
    enrolled_at BIGINT,
    completed_at BIGINT,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- A person is in a course once at a time.
CREATE UNIQUE INDEX enrollments_live ON enrollments (course_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX enrollments_of_user ON enrollments (user_id, created_at, id);
CREATE INDEX enrollments_of_user_by_course ON enrollments (user_id, course_id, created_at, id);
CREATE INDEX enrollments_of_user_by_status ON enrollments (user_id, status, created_at, id);
CREATE INDEX enrollments_of_course ON enrollments (course_id, created_at, id);
CREATE INDEX enrollments_of_course_by_status ON enrollments (course_id, status, created_at, id);
CREATE INDEX enrollments_of_course_by_user ON enrollments (course_id, user_id, created_at, id);
-- Who is first of those who wait.
CREATE INDEX enrollments_waiting ON enrollments (course_id, ticket) WHERE status = 'waitlisted';
-- What somebody has completed.
CREATE INDEX enrollments_completed ON enrollments (user_id, course_id) WHERE completed_at IS NOT NULL;
-- What ends by itself.
CREATE INDEX enrollments_expiring ON enrollments (expires_at, id) WHERE ended_at IS NULL AND expires_at IS NOT NULL;
-- What ends with a course, and with a person.
CREATE INDEX enrollments_live_of_course ON enrollments (course_id, id) WHERE ended_at IS NULL;
CREATE INDEX enrollments_live_of_user ON enrollments (user_id, id) WHERE ended_at IS NULL;

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    course_id TEXT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    label TEXT,
    -- NULL: as often as anybody likes.
    max_uses BIGINT,
    expires_at BIGINT,
    revoked_at BIGINT,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    uses BIGINT NOT NULL CHECK (uses >= 0)
);
CREATE INDEX invitations_of_course ON invitations (course_id, created_at, id);
CREATE INDEX invitations_by_creator ON invitations (created_by);
