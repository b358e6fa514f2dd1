CREATE TABLE configurations (
    id BIGINT NOT NULL PRIMARY KEY,
    config_key TEXT NOT NULL,
    -- JSON; sealed, if it is sensitive.
    config_value TEXT NOT NULL,
    environment TEXT NOT NULL,
    service_name TEXT,
    -- Empty for all services, else an equals sign and the service: no two nulls are the same, and all services are.
    scope TEXT NOT NULL,
    description TEXT,
    is_sensitive BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- An older system's number of a person.
    created_by BIGINT,
    -- Who was signed in.
    actor_id TEXT
);
-- Of those that were deleted there may be any number.
CREATE UNIQUE INDEX configurations_active ON configurations (config_key, environment, scope) WHERE is_active = TRUE;
CREATE INDEX configurations_by_active ON configurations (is_active, id, environment, service_name, is_sensitive);
CREATE INDEX configurations_by_environment ON configurations (environment);
CREATE INDEX configurations_by_service ON configurations (service_name, id, is_active, environment, is_sensitive);
CREATE INDEX configurations_by_sensitive ON configurations (is_sensitive, id);
CREATE INDEX configurations_by_actor ON configurations (actor_id);

-- What each of them was, from its first version on.
CREATE TABLE config_history (
    id BIGINT NOT NULL PRIMARY KEY,
    config_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    -- JSON; sealed, if it was sensitive.
    old_value TEXT,
    new_value TEXT,
    -- The version that it was afterwards.
    version BIGINT NOT NULL,
    changed_by BIGINT,
    change_reason TEXT,
    created_at BIGINT NOT NULL,
    actor_id TEXT
);
CREATE INDEX config_history_by_config ON config_history (config_id, id);
CREATE INDEX config_history_by_version ON config_history (config_id, version, action);
CREATE INDEX config_history_by_actor ON config_history (actor_id);
