-- The sequence of auth's last event that said where mail reaches the person. 0 for rows that are older: any event that still comes is
-- newer.
ALTER TABLE addresses ADD COLUMN auth_sequence BIGINT NOT NULL DEFAULT 0;
