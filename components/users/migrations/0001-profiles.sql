CREATE TABLE profiles (
    user_id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'suspended')),
    -- JSON: the names of the roles, and what the person may change.
    roles TEXT NOT NULL,
    fields TEXT NOT NULL,
    -- Lower case, for finding by prefix.
    email_folded TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX profiles_by_name ON profiles (name_folded, user_id);
CREATE INDEX profiles_by_email ON profiles (email_folded);

-- The same roles as in profiles, for finding.
CREATE TABLE profile_roles (
    role TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES profiles (user_id),
    PRIMARY KEY (role, user_id)
);
CREATE INDEX profile_roles_by_user ON profile_roles (user_id);
