-- What an administrator said on the older library's face that somebody is there: a JSON array of `ADMIN`, `LIBRARIAN` and
-- `READER`, which counts there alone. NULL for whoever is there what the account's own roles say.
ALTER TABLE library_users ADD COLUMN roles TEXT;
CREATE INDEX accounts_by_creation ON accounts (created_at, id);
