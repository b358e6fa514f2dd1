-- What the catalogue and readers tell. What is gone keeps its row.
CREATE TABLE books_seen (
    book_id TEXT NOT NULL PRIMARY KEY,
    -- Null when it is gone.
    title TEXT,
    genre_id TEXT,
    removed BOOLEAN NOT NULL,
    books_sequence BIGINT NOT NULL
);

CREATE TABLE items_seen (
    item_id TEXT NOT NULL PRIMARY KEY,
    book_id TEXT NOT NULL,
    barcode TEXT NOT NULL,
    location TEXT,
    item_type TEXT,
    status TEXT NOT NULL,
    removed BOOLEAN NOT NULL,
    items_sequence BIGINT NOT NULL
);
CREATE INDEX items_seen_by_barcode ON items_seen (barcode);
CREATE INDEX items_seen_of_book ON items_seen (book_id);

CREATE TABLE readers_seen (
    reader_id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL,
    user_id TEXT NOT NULL,
    category TEXT NOT NULL,
    removed BOOLEAN NOT NULL,
    readers_sequence BIGINT NOT NULL
);
CREATE INDEX readers_seen_by_number ON readers_seen (number);
CREATE INDEX readers_seen_of_user ON readers_seen (user_id);

-- What each reader has and owes, counted in the transactions that change it.
CREATE TABLE reader_accounts (
    reader_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    open_lendings BIGINT NOT NULL CHECK (open_lendings >= 0),
    unpaid_cents BIGINT NOT NULL CHECK (unpaid_cents >= 0)
);
CREATE INDEX reader_accounts_of_user ON reader_accounts (user_id);

CREATE TABLE lendings (
    id TEXT NOT NULL PRIMARY KEY,
    -- Year and count, such as 2026/17.
    number TEXT NOT NULL UNIQUE,
    book_id TEXT NOT NULL,
    -- Null when the book was lent without saying which copy.
    item_id TEXT,
    -- Null when the person's data was erased.
    reader_id TEXT,
    user_id TEXT,
    genre_id TEXT,
    hold_id TEXT,
    -- JSON: an object.
    terms TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    -- Days are texts such as 2026-01-31, in UTC.
    started_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    returned_at BIGINT,
    renewals BIGINT NOT NULL,
    days_overdue BIGINT NOT NULL,
    fine_cents BIGINT NOT NULL,
    -- When its reader was last reminded.
    reminded_on TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- A copy is with one reader at a time.
CREATE UNIQUE INDEX lendings_out ON lendings (item_id) WHERE returned_at IS NULL;
-- Of several partial indexes a planner takes any whose condition it can prove: so each says what only its own queries do.
CREATE INDEX lendings_out_due_on ON lendings (due_on, id) WHERE reader_id IS NOT NULL AND returned_at IS NULL;
CREATE INDEX lendings_late ON lendings (reader_id, due_on) WHERE reader_id IS NOT NULL AND returned_at IS NULL;
CREATE INDEX lendings_out_of_book ON lendings (reader_id, book_id) WHERE reader_id IS NOT NULL AND returned_at IS NULL;
CREATE INDEX lendings_due_on ON lendings (due_on);
CREATE INDEX lendings_returned_at ON lendings (returned_at);
-- What each filter looks up goes on in each order of the list, for all and for each reader.
CREATE INDEX lendings_by_started_at ON lendings (started_at, id);
CREATE INDEX lendings_by_due_on ON lendings (due_on, id);
CREATE INDEX lendings_out_by_started_at ON lendings (returned_at, started_at, id);
CREATE INDEX lendings_out_by_due_on ON lendings (returned_at, due_on, id);
CREATE INDEX lendings_of_reader_by_started_at ON lendings (reader_id, started_at, id);
CREATE INDEX lendings_of_reader_by_due_on ON lendings (reader_id, due_on, id);
CREATE INDEX lendings_of_book_by_started_at ON lendings (book_id, started_at, id);
CREATE INDEX lendings_of_book_by_due_on ON lendings (book_id, due_on, id);
CREATE INDEX lendings_of_item_by_started_at ON lendings (item_id, started_at, id);
CREATE INDEX lendings_of_item_by_due_on ON lendings (item_id, due_on, id);
CREATE INDEX lendings_of_user_by_started_at ON lendings (user_id, started_at, id);
CREATE INDEX lendings_of_user_by_due_on ON lendings (user_id, due_on, id);
CREATE INDEX lendings_of_user_out_by_started_at ON lendings (user_id, started_at, id)
    WHERE user_id IS NOT NULL AND returned_at IS NULL;
CREATE INDEX lendings_of_user_out_by_due_on ON lendings (user_id, due_on, id)
    WHERE user_id IS NOT NULL AND returned_at IS NULL;

CREATE TABLE circulation_rules (
    id TEXT NOT NULL PRIMARY KEY,
    -- Each of the three may be *.
    location TEXT NOT NULL,
    reader_category TEXT NOT NULL,
    item_type TEXT NOT NULL,
    specificity BIGINT NOT NULL,
    loan_days BIGINT NOT NULL,
    max_lendings BIGINT NOT NULL,
    max_renewals BIGINT NOT NULL,
    fine_cents_per_day BIGINT NOT NULL,
    grace_days BIGINT NOT NULL,
    fine_cap_cents BIGINT,
    pickup_days BIGINT NOT NULL,
    blocked_while_overdue BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (location, reader_category, item_type)
);
CREATE INDEX circulation_rules_by_specificity ON circulation_rules (specificity, id);
-- What holds where librarians say nothing else.
INSERT INTO circulation_rules (
    id, location, reader_category, item_type, specificity, loan_days, max_lendings, max_renewals, fine_cents_per_day,
    grace_days, fine_cap_cents, pickup_days, blocked_while_overdue, version, created_at, updated_at
) VALUES (
    '00000000-0000-7000-8000-000000000001', '*', '*', '*', 0, 15, 3, 2, 200, 0, NULL, 7, TRUE, 1, 0, 0
);

CREATE TABLE closed_days (
    id TEXT NOT NULL PRIMARY KEY,
    -- * is everywhere.
    location TEXT NOT NULL,
    day TEXT NOT NULL,
    reason TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (location, day)
);
CREATE INDEX closed_days_by_day ON closed_days (day, id);
CREATE INDEX closed_days_of_location_by_day ON closed_days (location, day, id);

CREATE TABLE fines (
    id TEXT NOT NULL PRIMARY KEY,
    lending_id TEXT NOT NULL UNIQUE REFERENCES lendings (id),
    -- Null when the person's data was erased.
    reader_id TEXT,
    user_id TEXT,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    state TEXT NOT NULL CHECK (state IN ('unpaid', 'paid', 'waived')),
    charged_at BIGINT NOT NULL,
    settled_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX fines_by_charged_at ON fines (charged_at, id);
CREATE INDEX fines_in_state_by_charged_at ON fines (state, charged_at, id);
CREATE INDEX fines_of_reader_by_charged_at ON fines (reader_id, charged_at, id);
CREATE INDEX fines_of_user_by_charged_at ON fines (user_id, charged_at, id);
