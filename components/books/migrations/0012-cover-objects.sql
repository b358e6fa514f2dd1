-- What was noted of objects in a table of this service's own is in that of the kit.
INSERT INTO picture_objects (name, state, changed_at)
    SELECT name, CASE state WHEN 'doomed' THEN 'unused' ELSE state END, changed_at FROM cover_objects;
DROP TABLE cover_objects;
