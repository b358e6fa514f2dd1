//! Messages and deliveries in the database.

mod deliveries;
mod messages;

pub(crate) use self::deliveries::{find_delivery, insert_delivery, list_deliveries, mark_sent, mark_tried};
pub(crate) use self::messages::{
    Inbox, count_unread, find_message, inbox, insert_message, mark_all_read, mark_read,
};
