-- The table of the service in tests/scope.rs: a person is in a crew once, and may be in several.
CREATE TABLE crew_members (
    crew TEXT NOT NULL,
    person TEXT NOT NULL,
    duty TEXT NOT NULL,
    PRIMARY KEY (crew, person)
);
CREATE INDEX crew_members_by_duty ON crew_members (crew, duty, person);
