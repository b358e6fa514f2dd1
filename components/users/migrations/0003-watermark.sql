-- The sequence of auth's last event about the person that the row follows. 0 for rows that are older, whose events were
-- handled once by their keys: any event that still comes is newer.
ALTER TABLE profiles ADD COLUMN auth_sequence BIGINT NOT NULL DEFAULT 0;
