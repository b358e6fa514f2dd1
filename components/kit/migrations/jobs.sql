-- Long work: each job is a row, which the transaction of each of its parts moves on.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    actor TEXT,
    correlation_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'completed', 'cancelled', 'failed')),
    dry_run BOOLEAN NOT NULL,
    format TEXT NOT NULL,
    -- What was asked for: the query of an export.
    query TEXT NOT NULL,
    -- Where an export goes on.
    cursor TEXT,
    -- Rows that were worked on, of how many if that is known, and how many of them failed.
    position BIGINT NOT NULL,
    total BIGINT,
    failed BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    problem TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX jobs_by_state ON jobs (state, updated_at, id);
CREATE INDEX jobs_by_creation ON jobs (created_at, id);
CREATE INDEX jobs_by_state_and_creation ON jobs (state, created_at, id);
CREATE INDEX jobs_of_actor ON jobs (actor, created_at, id);
CREATE INDEX jobs_of_actor_by_state ON jobs (actor, state, created_at, id);
CREATE INDEX jobs_by_end ON jobs (ended_at, id);

-- What came in or goes out: rows from a number on, as JSON.
CREATE TABLE job_rows (
    job_id TEXT NOT NULL,
    first_row BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (job_id, first_row)
);

CREATE TABLE job_errors (
    job_id TEXT NOT NULL,
    row_number BIGINT NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (job_id, row_number)
);
