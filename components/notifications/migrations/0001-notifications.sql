CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);

CREATE INDEX messages_of_user ON messages (user_id, id);

CREATE INDEX messages_unread ON messages (user_id, id) WHERE read_at IS NULL;

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES messages (id),
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email')),
    address TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX deliveries_by_status ON deliveries (status, id);
