-- Accounts that another service makes together with something of its own: as it wants them, before they are made. One that
-- is withdrawn keeps its id alone, so that what comes late makes nothing of it.
CREATE TABLE proposed_accounts (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    display_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'reserved', 'withdrawn')),
    changed_at BIGINT NOT NULL
);
CREATE INDEX proposed_accounts_by_age ON proposed_accounts (changed_at);
-- The saga that the account is reserved for, which holds its address: until it is opened, nobody has it. NULL for all
-- others.
ALTER TABLE accounts ADD COLUMN saga_id TEXT;
