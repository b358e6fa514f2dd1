CREATE TABLE feature_flags (
    id BIGINT NOT NULL PRIMARY KEY,
    flag_name TEXT NOT NULL,
    flag_key TEXT NOT NULL UNIQUE,
    description TEXT,
    is_enabled BOOLEAN NOT NULL,
    environment TEXT NOT NULL,
    service_name TEXT,
    rollout_percentage BIGINT NOT NULL,
    -- JSON that is kept and never evaluated.
    conditions TEXT,
    -- JSON: what is evaluated before the percentage.
    rules TEXT NOT NULL,
    expires_at BIGINT,
    -- The same, and the last moment there is if it never does.
    ends_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    created_by BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX feature_flags_by_environment ON feature_flags (environment);
CREATE INDEX feature_flags_by_service ON feature_flags (service_name, id);
CREATE INDEX feature_flags_by_enabled ON feature_flags (is_enabled, id, environment, service_name, ends_at);
CREATE INDEX feature_flags_by_end ON feature_flags (ends_at);

-- Who changed what; it outlives the flag.
CREATE TABLE flag_changes (
    id BIGINT NOT NULL PRIMARY KEY,
    flag_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    -- The flag as JSON.
    old_flag TEXT,
    new_flag TEXT,
    created_at BIGINT NOT NULL,
    actor_id TEXT
);
CREATE INDEX flag_changes_by_flag ON flag_changes (flag_id, id);
CREATE INDEX flag_changes_by_actor ON flag_changes (actor_id);
