-- A copy may await its pick-up, too. No database changes a CHECK in place on both servers: so the table is made anew.
CREATE TABLE items_anew (
    id TEXT NOT NULL PRIMARY KEY,
    book_id TEXT NOT NULL REFERENCES books (id),
    barcode TEXT NOT NULL UNIQUE,
    location TEXT,
    call_number TEXT,
    item_type TEXT,
    status TEXT NOT NULL CHECK (status IN ('available', 'on_loan', 'awaiting_pickup', 'in_repair', 'lost', 'withdrawn')),
    -- Of its lendings the one that began last, and of the holds that it was kept for, as far as lendings told.
    lending_id TEXT,
    lent_at BIGINT,
    hold_id TEXT,
    kept_at BIGINT,
    -- Whether the later one of the two has not ended.
    circulates BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
INSERT INTO items_anew (
    id, book_id, barcode, location, call_number, item_type, status, lending_id, lent_at, circulates, version, created_at,
    updated_at
) SELECT
    id, book_id, barcode, location, call_number, item_type, status, lending_id, lent_at,
    lending_id IS NOT NULL AND (status = 'on_loan' OR EXISTS (
        SELECT 1 FROM lendings_seen WHERE lendings_seen.lending_id = items.lending_id AND lendings_seen.days IS NULL
    )),
    version, created_at, updated_at
FROM items;
DROP TABLE items;
ALTER TABLE items_anew RENAME TO items;
CREATE INDEX items_by_barcode ON items (barcode, id);
CREATE INDEX items_with_status_by_barcode ON items (status, barcode, id);
CREATE INDEX items_at_location_by_barcode ON items (location, barcode, id);
CREATE INDEX items_of_book_by_barcode ON items (book_id, barcode, id);
CREATE INDEX items_of_book_with_status_by_barcode ON items (book_id, status, barcode, id);
CREATE INDEX items_of_book_at_location_by_barcode ON items (book_id, location, barcode, id);
CREATE INDEX items_by_hold ON items (hold_id);

-- The hold that a lending fulfilled.
ALTER TABLE lendings_seen ADD COLUMN hold_id TEXT;
CREATE INDEX lendings_seen_by_hold ON lendings_seen (hold_id);
