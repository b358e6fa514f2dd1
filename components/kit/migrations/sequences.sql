-- Numbers that are counted by name and scope, such as those of lendings in a year.
CREATE TABLE sequences (
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (name, scope)
);
