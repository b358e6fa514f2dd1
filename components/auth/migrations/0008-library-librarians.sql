-- Who registered as a librarian on the older library's face, while that was open. It counts there alone.
ALTER TABLE library_users ADD COLUMN librarian BOOLEAN;
