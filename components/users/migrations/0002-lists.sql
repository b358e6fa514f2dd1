-- What each filter looks up goes on in the list's order.
CREATE INDEX profiles_by_status ON profiles (status, name_folded, user_id);

-- '' until it is filled below, or, if an older release writes the row meanwhile, until the next change.
ALTER TABLE profile_roles ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
UPDATE profile_roles SET name_folded =
    (SELECT profiles.name_folded FROM profiles WHERE profiles.user_id = profile_roles.user_id);
CREATE INDEX profile_roles_by_name_folded ON profile_roles (role, name_folded, user_id);

-- Beginnings of names and addresses, as the kit keeps them.
CREATE TABLE profile_beginnings (
    user_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    PRIMARY KEY (user_id, term)
);
CREATE INDEX profile_beginnings_by_name_folded ON profile_beginnings (term, name_folded, user_id);

INSERT INTO profile_beginnings (user_id, term, name_folded)
SELECT DISTINCT user_id, substr(beginning, 1, size), name_folded
FROM (
    SELECT user_id, name_folded, name_folded AS beginning FROM profiles
    UNION ALL
    SELECT user_id, name_folded, email_folded AS beginning FROM profiles
) AS texts
CROSS JOIN (
    SELECT 1 AS size UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 5
    UNION ALL SELECT 8 UNION ALL SELECT 13 UNION ALL SELECT 64
) AS sizes
WHERE beginning <> '';
