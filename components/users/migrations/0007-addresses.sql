-- The sequence of auth's last event about the person's address that the row follows, apart from that about their roles: each of them
-- says nothing of what the other one says. 0 for rows that are older: any event that still comes is newer.
ALTER TABLE profiles ADD COLUMN address_sequence BIGINT NOT NULL DEFAULT 0;
