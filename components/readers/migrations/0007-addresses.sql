-- The older library names accounts by their mail addresses, in the one form in which those are compared. NULL for what was seen
-- before, until the read models are rebuilt.
ALTER TABLE users_seen ADD COLUMN address TEXT;
CREATE INDEX users_seen_by_address ON users_seen (address);
