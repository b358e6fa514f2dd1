-- The RSA key of the older library's tokens, as PKCS #8, sealed: without auth's secret it is no use to anybody.
CREATE TABLE library_keys (
    -- Which secret it is sealed with: a digest that tells nothing of it.
    secret TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- What the older library's clients know an account by.
CREATE TABLE library_users (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    -- From 1, in the order in which accounts were first seen there.
    number BIGINT NOT NULL UNIQUE
);

-- What others see of a person, as it was when the account was made. NULL for older accounts.
ALTER TABLE accounts ADD COLUMN display_name TEXT;
