-- How a person wants to hear of what. Without a row: by every way that there is.
CREATE TABLE preferences (
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    in_app BOOLEAN NOT NULL,
    email BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, kind)
);

-- Where mails to a person go, and how they are greeted there.
CREATE TABLE addresses (
    user_id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL
);
INSERT INTO addresses (user_id, address, display_name)
    SELECT user_id, MIN(address), 'reader' FROM deliveries GROUP BY user_id;

-- A mail may go out without a message in the inbox.
CREATE TABLE mails (
    -- Also the mail's Message-ID.
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
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
INSERT INTO mails (id, user_id, kind, address, letter, status, attempts, last_error, created_at, updated_at, sent_at)
    SELECT id, user_id, kind, address, letter, status, attempts, last_error, created_at, updated_at, sent_at
    FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE mails RENAME TO deliveries;
CREATE INDEX deliveries_by_status ON deliveries (status, id);
CREATE INDEX deliveries_of_user ON deliveries (user_id);
