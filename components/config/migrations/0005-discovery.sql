-- Services outside of Lyceum that said where they are.
CREATE TABLE discovered (
    service_name TEXT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    health_endpoint TEXT NOT NULL,
    -- JSON.
    metadata TEXT NOT NULL,
    last_heartbeat BIGINT NOT NULL
);
CREATE INDEX discovered_by_heartbeat ON discovered (last_heartbeat);
