CREATE TABLE cohorts (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    -- Without case and accents: a name is there once in an organisation.
    name_folded TEXT NOT NULL,
    description TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (organization_id, name_folded)
);
CREATE INDEX cohorts_by_name_folded ON cohorts (name_folded, id);
CREATE INDEX cohorts_by_created_at ON cohorts (created_at, id);
CREATE INDEX cohorts_of_organization_by_name ON cohorts (organization_id, name_folded, id);
CREATE INDEX cohorts_of_organization_by_created_at ON cohorts (organization_id, created_at, id);

-- Words and their beginnings, as the kit keeps them.
CREATE TABLE cohort_words (
    cohort_id TEXT NOT NULL,
    term TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    organization_id TEXT,
    PRIMARY KEY (cohort_id, term)
);
CREATE INDEX cohort_words_by_name_folded ON cohort_words (term, name_folded, cohort_id, organization_id);

-- Who is in a cohort is in its organisation.
CREATE TABLE cohort_members (
    cohort_id TEXT NOT NULL REFERENCES cohorts (id),
    organization_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- That of the profile, which lists are ordered by.
    name_folded TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (cohort_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES organization_members (organization_id, user_id)
);
CREATE INDEX cohort_members_by_name ON cohort_members (cohort_id, name_folded, user_id);
CREATE INDEX cohort_members_by_joined_at ON cohort_members (cohort_id, joined_at, user_id);
CREATE INDEX cohort_members_of_organization ON cohort_members (organization_id, user_id, cohort_id);
CREATE INDEX cohort_members_of_person ON cohort_members (user_id, cohort_id);
