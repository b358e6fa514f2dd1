-- Who waits for which book, and which copies are kept for whom.
CREATE TABLE holds (
    id TEXT NOT NULL PRIMARY KEY,
    book_id TEXT NOT NULL,
    -- Null when the person's data was erased.
    reader_id TEXT,
    user_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'fulfilled', 'cancelled', 'expired')),
    -- Counts from 1 among those that wait for the book; 0 when it doesn't wait.
    position BIGINT NOT NULL,
    -- The copy that is or was kept.
    item_id TEXT,
    placed_at BIGINT NOT NULL,
    ready_at BIGINT,
    pickup_until TEXT,
    ended_at BIGINT,
    version BIGINT NOT NULL
);
-- A reader waits for a book once, and a copy is kept for one reader.
CREATE UNIQUE INDEX holds_active ON holds (book_id, reader_id) WHERE reader_id IS NOT NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX holds_kept ON holds (item_id) WHERE item_id IS NOT NULL AND ended_at IS NULL;
CREATE INDEX holds_waiting ON holds (book_id, position) WHERE state = 'waiting';
CREATE INDEX holds_first ON holds (state, position, book_id);
CREATE INDEX holds_ready ON holds (pickup_until, id) WHERE pickup_until IS NOT NULL AND ended_at IS NULL;
-- What each filter looks up goes on in each order of the list.
CREATE INDEX holds_by_placed_at ON holds (placed_at, id);
CREATE INDEX holds_by_position ON holds (position, id);
CREATE INDEX holds_of_book_by_placed_at ON holds (book_id, placed_at, id);
CREATE INDEX holds_of_book_by_position ON holds (book_id, position, id);
CREATE INDEX holds_of_reader_by_placed_at ON holds (reader_id, placed_at, id);
CREATE INDEX holds_of_reader_by_position ON holds (reader_id, position, id);
CREATE INDEX holds_in_state_by_placed_at ON holds (state, placed_at, id);
CREATE INDEX holds_in_state_by_position ON holds (state, position, id);
CREATE INDEX holds_of_user_by_placed_at ON holds (user_id, placed_at, id);
CREATE INDEX holds_of_user_by_position ON holds (user_id, position, id);

-- Counts the changes of each queue: who changes it says which one they read.
CREATE TABLE book_queues (
    book_id TEXT NOT NULL PRIMARY KEY,
    changes BIGINT NOT NULL
);
