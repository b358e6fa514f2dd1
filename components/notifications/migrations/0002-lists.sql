-- Unread messages in the order of the inbox. The index before it would have them sorted anew for each page.
CREATE INDEX messages_unread_of_user ON messages (user_id, id) WHERE read_at IS NULL;
DROP INDEX messages_unread;
