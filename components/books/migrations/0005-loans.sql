-- The lending of a copy that began last, as far as lendings told.
ALTER TABLE items ADD COLUMN lending_id TEXT;
ALTER TABLE items ADD COLUMN lent_at BIGINT;
