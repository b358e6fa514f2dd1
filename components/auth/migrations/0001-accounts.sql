CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    -- As its owner writes it; compared by the folded form.
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL UNIQUE,
    -- A PHC string.
    password_hash TEXT NOT NULL,
    -- A JSON array of names; is_admin says whether 'admin' is among them.
    roles TEXT NOT NULL,
    is_admin BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'suspended')),
    -- Grows with every change of roles or status.
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX accounts_admins ON accounts (is_admin, status);

-- A session is the family of the refresh tokens that followed from one sign-in.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    -- When its newest refresh token ends.
    expires_at BIGINT NOT NULL,
    -- NULL while it lasts.
    ended_at BIGINT
);

CREATE INDEX sessions_of_account ON sessions (account_id, ended_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token, base64url.
    digest TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- NULL until it was exchanged. A token that comes a second time was stolen.
    used_at BIGINT
);

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- Failed sign-ins, also to addresses that nobody has.
CREATE TABLE sign_in_attempts (
    -- Keyed digest of the folded address.
    address_key TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_failure_at BIGINT NOT NULL,
    refused_until BIGINT NOT NULL
);

CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_failure_at);
