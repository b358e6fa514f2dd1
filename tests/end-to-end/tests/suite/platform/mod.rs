//! What holds of every service alike.

pub(crate) mod access;
pub(crate) mod bad_input;
pub(crate) mod callers;
pub(crate) mod conditions;
pub(crate) mod idempotency;
pub(crate) mod malformed_http;
pub(crate) mod observability;
mod with_bodies;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        conditions {
            everywhere: a_change_meant_for_another_state_is_refused;
            in_full:
                what_is_read_is_held_against_them_before_a_range,
                content_is_stored_only_where_none_is_if_that_is_meant;
        }
        idempotency {
            everywhere:
                the_same_key_gets_the_same_answer, concurrent_duplicates_make_one_person,
                a_changed_profile_is_changed_once;
            in_full: the_same_key_for_something_else_is_refused;
        }
        observability {
            everywhere: a_correlation_id_goes_all_the_way, health_names_every_service;
            in_full: a_request_without_one_gets_one, operators_see_that_it_lives_and_what_it_does;
        }
        bad_input {
            everywhere: bodies;
            in_full: arrays_for_objects, fields, sizes, paths, queries, headers;
        }
        malformed_http {
            in_full: what_cannot_be_read_is_told_so;
        }
        access {
            everywhere: every_route_by_everybody, tokens_that_must_not_pass;
            in_full: documents_agree;
        }
        callers {
            everywhere: nobody_sees_anything_of_another;
        }
    }
}
