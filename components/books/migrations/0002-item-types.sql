-- What kind of thing a copy is, where rules of circulation tell kinds apart.
ALTER TABLE items ADD COLUMN item_type TEXT;
