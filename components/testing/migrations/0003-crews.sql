-- The table of the service in tests/scope.rs: a person is in a crew once, and may be in several. More people are in each than a
-- list sorts.
CREATE TABLE crew_members (
    crew TEXT NOT NULL,
    person TEXT NOT NULL,
    duty TEXT NOT NULL,
    PRIMARY KEY (crew, person)
);
CREATE INDEX crew_members_by_person ON crew_members (person);
INSERT INTO crew_members (crew, person, duty)
WITH RECURSIVE people (number) AS (
    SELECT 10001 UNION ALL SELECT number + 1 FROM people WHERE number < 11100
)
SELECT 'port', 'p' || number, 'cook' FROM people
UNION ALL
SELECT 'starboard', 'p' || number, 'mate' FROM people;
