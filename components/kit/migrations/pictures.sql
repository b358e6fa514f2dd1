-- Every object in the container: noted before it is written, forgotten after it is removed.
CREATE TABLE picture_objects (
    name TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('writing', 'kept', 'unused')),
    changed_at BIGINT NOT NULL
);
CREATE INDEX picture_objects_by_state ON picture_objects (state, changed_at, name);
