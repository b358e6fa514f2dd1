-- People whose data was erased. Nothing is known of them but the id, by which late events about them are told.
CREATE TABLE erased_people (
    user_id TEXT NOT NULL PRIMARY KEY,
    erased_at BIGINT NOT NULL
);
