-- Sagas: each is a row, which the transaction of each of its steps moves on.
CREATE TABLE sagas (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- What it is about, of which only one of that name may be under way.
    subject TEXT,
    -- The person on whose behalf it began.
    actor TEXT,
    correlation_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'compensating', 'stuck', 'completed', 'compensated')),
    -- Whether it takes back what it did.
    backward BOOLEAN NOT NULL,
    -- The step that is due or waits.
    step TEXT NOT NULL,
    waiting BOOLEAN NOT NULL,
    -- JSON: who has not answered yet, and what the saga knows.
    waiting_for TEXT NOT NULL,
    data TEXT NOT NULL,
    -- Failures of this step in a row.
    attempts BIGINT NOT NULL,
    problem TEXT,
    -- Why it is taken back.
    reason TEXT,
    -- When it is looked at again; NULL when it has ended.
    due_at BIGINT,
    deadline BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sagas_by_due ON sagas (due_at, id);
CREATE INDEX sagas_by_creation ON sagas (created_at, id);
CREATE INDEX sagas_by_state ON sagas (state, created_at, id);
CREATE INDEX sagas_by_end ON sagas (ended_at);
CREATE UNIQUE INDEX sagas_of_subject ON sagas (name, subject) WHERE ended_at IS NULL;
