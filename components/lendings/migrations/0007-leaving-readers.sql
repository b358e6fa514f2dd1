-- Who borrows nothing and waits for nothing, since their record or their account is about to go.
CREATE TABLE closures (
    -- The record that is to be deleted, or the erasure.
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    -- When it ends by itself; null if it doesn't.
    ends_at BIGINT
);
CREATE INDEX closures_of_user ON closures (user_id);
CREATE INDEX closures_by_end ON closures (ends_at);
