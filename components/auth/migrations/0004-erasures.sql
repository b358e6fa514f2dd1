-- The erasure that the account waits for: until it is gone, nobody signs in to it. NULL for all others.
ALTER TABLE accounts ADD COLUMN erasure_id TEXT;
