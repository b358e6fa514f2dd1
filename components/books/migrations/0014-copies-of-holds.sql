-- A hold may have one copy kept after another: the one that was kept last is the one that counts.
CREATE INDEX items_by_hold_and_time ON items (hold_id, kept_at);
DROP INDEX items_by_hold;
