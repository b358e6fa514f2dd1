CREATE TABLE learning_paths (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    -- Without case and accents.
    title_folded TEXT NOT NULL,
    description TEXT,
    image_url TEXT,
    status TEXT NOT NULL,
    visibility TEXT NOT NULL,
    -- Published and public.
    is_open BOOLEAN NOT NULL,
    -- JSON: a list of objects, in order.
    courses TEXT NOT NULL,
    -- Who keeps it; nobody once they were erased.
    owner_id TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX learning_paths_open_by_title_folded ON learning_paths (is_open, title_folded, id);
CREATE INDEX learning_paths_of_owner ON learning_paths (owner_id, title_folded, id);

-- Words of those that everybody finds, as the kit keeps them.
CREATE TABLE learning_path_words (
    path_id TEXT NOT NULL,
    term TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    PRIMARY KEY (path_id, term)
);
CREATE INDEX learning_path_words_by_title_folded ON learning_path_words (term, title_folded, path_id);
