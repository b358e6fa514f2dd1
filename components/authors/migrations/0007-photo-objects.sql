-- What was noted of objects in a table of this service's own is in that of the kit.
INSERT INTO picture_objects (name, state, changed_at) SELECT name, state, changed_at FROM photo_objects;
DROP TABLE photo_objects;
