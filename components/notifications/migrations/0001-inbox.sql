-- What a person finds in their inbox.
CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- NULL until it was read.
    read_at BIGINT
);

CREATE INDEX messages_of_user ON messages (user_id, id);
CREATE INDEX messages_unread ON messages (user_id, read_at);

-- Mails. Nothing is sent that does not stand here first.
CREATE TABLE deliveries (
    -- Also the mail's Message-ID.
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    message_id TEXT NOT NULL REFERENCES messages (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    -- JSON: what the template is filled with.
    letter TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sent_at BIGINT
);

CREATE INDEX deliveries_by_status ON deliveries (status, id);
