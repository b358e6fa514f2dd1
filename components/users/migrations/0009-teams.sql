CREATE TABLE teams (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    -- Without case and accents: a name is there once in an organisation.
    name_folded TEXT NOT NULL,
    description TEXT,
    logo_url TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (organization_id, name_folded)
);
CREATE INDEX teams_by_name_folded ON teams (name_folded, id);
CREATE INDEX teams_by_created_at ON teams (created_at, id);
CREATE INDEX teams_of_organization_by_name ON teams (organization_id, name_folded, id);
CREATE INDEX teams_of_organization_by_created_at ON teams (organization_id, created_at, id);

-- Words and their beginnings, as the kit keeps them.
CREATE TABLE team_words (
    team_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    organization_id TEXT,
    PRIMARY KEY (team_id, term)
);
CREATE INDEX team_words_by_name_folded ON team_words (term, name_folded, team_id, organization_id);

-- Who is in a team is in its organisation.
CREATE TABLE team_members (
    team_id TEXT NOT NULL REFERENCES teams (id),
    organization_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('lead', 'member')),
    -- That of the profile, which lists are ordered by.
    name_folded TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES organization_members (organization_id, user_id)
);
CREATE INDEX team_members_by_name ON team_members (team_id, name_folded, user_id);
CREATE INDEX team_members_by_joined_at ON team_members (team_id, joined_at, user_id);
CREATE INDEX team_members_by_role_and_name ON team_members (team_id, role, name_folded, user_id);
CREATE INDEX team_members_by_role_and_joined_at ON team_members (team_id, role, joined_at, user_id);
CREATE INDEX team_members_of_organization ON team_members (organization_id, user_id, team_id);
CREATE INDEX team_members_of_person ON team_members (user_id, team_id);
