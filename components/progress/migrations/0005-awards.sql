-- What people can earn.
CREATE TABLE achievements (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Without case and accents.
    name_folded TEXT NOT NULL UNIQUE,
    description TEXT,
    image_url TEXT,
    category TEXT,
    points BIGINT NOT NULL,
    -- An object, as JSON.
    criterion TEXT NOT NULL,
    -- Whether it can be earned still.
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX achievements_by_name ON achievements (name_folded, id);
CREATE INDEX achievements_active ON achievements (active, id);

-- What people have earned, as it was then.
CREATE TABLE user_achievements (
    user_id TEXT NOT NULL,
    achievement_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    image_url TEXT,
    category TEXT,
    points BIGINT NOT NULL,
    earned_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, achievement_id)
);
CREATE INDEX user_achievements_of_achievement ON user_achievements (achievement_id);

-- What people can become able to do.
CREATE TABLE competencies (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Without case and accents.
    name_folded TEXT NOT NULL UNIQUE,
    description TEXT,
    category TEXT,
    level TEXT,
    -- A list of objects, as JSON.
    sources TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX competencies_by_name ON competencies (name_folded, id);

-- The same sources by what they refer to.
CREATE TABLE competency_sources (
    reference_id TEXT NOT NULL,
    competency_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- From 1 to 100.
    level BIGINT NOT NULL,
    PRIMARY KEY (reference_id, competency_id)
);
CREATE INDEX competency_sources_of_competency ON competency_sources (competency_id);

-- What shows that somebody is able, and how far.
CREATE TABLE competency_evidence (
    user_id TEXT NOT NULL,
    competency_id TEXT NOT NULL,
    reference_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    level BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, competency_id, reference_id)
);
CREATE INDEX competency_evidence_of_competency ON competency_evidence (competency_id);

-- People of whom may follow that they have earned something.
CREATE TABLE awards_due (
    user_id TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX awards_due_by_since ON awards_due (since, user_id);
