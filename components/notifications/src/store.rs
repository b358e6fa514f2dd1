//! Messages and deliveries in the database.

mod deliveries;
mod messages;

use lyceum_kit::prelude::*;

pub(crate) use self::deliveries::{find_delivery, insert_delivery, list_deliveries, mark_sent, mark_tried};
pub(crate) use self::messages::{
    Inbox, count_unread, find_message, inbox, insert_message, mark_all_read, mark_read,
};

/// Removes all that is kept of a person.
pub(crate) fn erase(user_id: UserId) -> [Statement; 2] {
    ["DELETE FROM deliveries WHERE user_id = $1", "DELETE FROM messages WHERE user_id = $1"]
        .map(|text| statement(text, params![user_id]))
}
