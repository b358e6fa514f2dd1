//! Messages and mails.

pub(crate) mod inbox;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        inbox {
            everywhere: reading_a_message_counts_it_out, who_waits_is_told_of_a_message;
            in_full: messages_are_private, everything_can_be_read_at_once;
        }
    }
}
