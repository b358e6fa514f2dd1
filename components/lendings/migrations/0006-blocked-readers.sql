-- Whether a librarian says that the reader may borrow nothing.
ALTER TABLE readers_seen ADD COLUMN blocked BOOLEAN NOT NULL DEFAULT FALSE;
