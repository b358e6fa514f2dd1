-- Genres as they are spelled: NULL until the genre's event is read, for what was seen before by rebuilding the read models.
ALTER TABLE genres_seen ADD COLUMN name TEXT;
