//! The SQL of rooms.

use lyceum_kit::list::{List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search};
use lyceum_kit::sql::Table;

use crate::domain::Room;

row!(versioned Room in "rooms" { id, name, name_folded, description, version, created_at, updated_at });

/// It is found by the name that it has now.
pub(crate) fn named(room: &Room) -> Vec<Statement> {
    WORDS.set(room.id, &params![&room.name_folded], &[&room.name])
}

/// It is gone, and nothing finds it; misses its row if it was changed since it was read.
pub(crate) fn delete(room: &Room) -> [Statement; 2] {
    let text = "DELETE FROM rooms WHERE id = $1 AND version = $2";
    [WORDS.remove(room.id), statement(text, params![room.id, room.version]).expect_rows(1)]
}

const BY_NAME: Order = Order::text("name_folded").named("name");
pub(crate) const WORDS: Index = Index::words("room_words", "room_id", &[BY_NAME]);

/// All of them.
pub(crate) struct Rooms;

impl Listing for Rooms {
    type Row = Room;
    const LIST: List = List::of(Room::TABLE, Room::COLUMN_LIST, "id", BY_NAME)
        .orders(&[BY_NAME, Order::integer("created_at")])
        .searches(&[Search::by("q", WORDS).describe("Words of the name, or how they begin.")]);
}

#[cfg(test)]
mod tests;
