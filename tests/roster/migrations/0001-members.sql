CREATE TABLE members (
    user_id TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    auth_sequence BIGINT NOT NULL
);
CREATE TABLE member_roles (
    user_id TEXT NOT NULL REFERENCES members (user_id),
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, role)
);
CREATE TABLE member_status (
    user_id TEXT PRIMARY KEY REFERENCES members (user_id),
    status TEXT NOT NULL,
    users_sequence BIGINT NOT NULL
);

-- What people write themselves, and no event tells of.
CREATE TABLE remarks (
    user_id TEXT PRIMARY KEY REFERENCES members (user_id),
    remark TEXT NOT NULL
);
