-- Sessions of the older library's clients whose tokens name an address that their owner has left.
CREATE TABLE outdated_tokens (
    session_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX outdated_tokens_of_user ON outdated_tokens (user_id);
CREATE INDEX outdated_tokens_by_age ON outdated_tokens (changed_at);
