CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Without case and accents.
    name_folded TEXT NOT NULL,
    -- That of one which is being deleted is its id.
    slug TEXT NOT NULL UNIQUE,
    description TEXT,
    logo_url TEXT,
    website TEXT,
    location TEXT,
    -- How many of its members are owners.
    owners BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- FALSE while it is being deleted: nobody sees it, and what is in it ends step by step.
    present BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE INDEX organizations_by_name_folded ON organizations (present, name_folded, id);
CREATE INDEX organizations_by_created_at ON organizations (present, created_at, id);
CREATE INDEX organizations_by_id ON organizations (present, id);
CREATE INDEX organizations_by_slug_and_name ON organizations (present, slug, name_folded, id);
CREATE INDEX organizations_by_slug_and_created_at ON organizations (present, slug, created_at, id);
CREATE INDEX organizations_ownerless_by_name ON organizations (present, name_folded, id) WHERE owners = 0;
CREATE INDEX organizations_ownerless_by_created_at ON organizations (present, created_at, id) WHERE owners = 0;

-- Words and their beginnings, as the kit keeps them.
CREATE TABLE organization_words (
    organization_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    PRIMARY KEY (organization_id, term)
);
CREATE INDEX organization_words_by_name_folded ON organization_words (term, name_folded, organization_id);

CREATE TABLE organization_members (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id TEXT NOT NULL REFERENCES profiles (user_id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'instructor', 'member')),
    -- That of the profile, which lists are ordered by.
    name_folded TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX organization_members_by_name ON organization_members (organization_id, name_folded, user_id);
CREATE INDEX organization_members_by_joined_at ON organization_members (organization_id, joined_at, user_id);
CREATE INDEX organization_members_by_role_and_name
    ON organization_members (organization_id, role, name_folded, user_id);
CREATE INDEX organization_members_by_role_and_joined_at
    ON organization_members (organization_id, role, joined_at, user_id);
CREATE INDEX organization_members_of_person ON organization_members (user_id, joined_at, organization_id);
