-- JSON: the object with the picture, its type, size and digest; NULL without a cover.
ALTER TABLE books ADD COLUMN cover TEXT;

-- Every object in the container: noted before it is written, forgotten after it is removed.
CREATE TABLE cover_objects (
    name TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('writing', 'kept', 'doomed')),
    changed_at BIGINT NOT NULL
);
CREATE INDEX cover_objects_by_state ON cover_objects (state, changed_at, name);
