//! What HTTP itself asks of every answer.

pub(crate) mod http;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        http {
            everywhere: an_answer_to_head_is_that_to_get_without_its_body;
            in_full: bytes_after_a_request_hold_up_no_answer, a_patch_says_its_format;
        }
    }
}
