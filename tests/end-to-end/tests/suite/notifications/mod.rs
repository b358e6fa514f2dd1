//! Messages and mails.

pub(crate) mod inbox;
pub(crate) mod streams;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        inbox {
            everywhere: reading_a_message_counts_it_out;
            in_full: messages_are_private, everything_can_be_read_at_once;
        }
        streams {
            everywhere: who_waits_is_told_of_a_message, a_stream_ends_with_its_token,
                a_stream_ends_with_its_session_and_not_with_another_of_its_person;
        }
    }
}
