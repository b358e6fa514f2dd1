-- A JSON object: the photo's object, and what it is.
ALTER TABLE readers ADD COLUMN photo TEXT;
