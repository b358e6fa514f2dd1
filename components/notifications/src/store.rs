//! Messages and deliveries in the database.

mod deliveries;
mod messages;
mod people;

use lyceum_kit::prelude::*;

pub(crate) use self::deliveries::{find_delivery, insert_delivery, list_deliveries, mark_sent, mark_tried};
pub(crate) use self::messages::{
    Inbox, count_unread, delete_message, find_message, inbox, insert_message, mark_all_read, mark_read,
};
pub(crate) use self::people::{
    Address, address, address_after, choose, move_to, preferences, reach, still_at,
};

/// Removes all that is kept of a person.
pub(crate) fn erase(user_id: UserId) -> [Statement; 4] {
    [
        "DELETE FROM deliveries WHERE user_id = $1",
        "DELETE FROM messages WHERE user_id = $1",
        "DELETE FROM preferences WHERE user_id = $1",
        "DELETE FROM addresses WHERE user_id = $1",
    ]
    .map(|text| statement(text, params![user_id]))
}
