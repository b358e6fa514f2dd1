//! Accounts, sessions and roles.

pub(crate) mod library;
pub(crate) mod registration;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod tokens;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        library {
            everywhere: an_older_clients_token_counts_on_its_face_until_its_session_ends;
            in_full:
                what_the_older_library_does_not_have_is_told_to_nobody,
                whom_an_administrator_disables_there_signs_in_nowhere_until_they_are_active_again;
        }
        registration {
            everywhere: leads_to_profile_message_and_mail;
            in_full:
                says_where_the_person_is, refuses_a_taken_address, refuses_weak_passwords,
                refuses_what_is_no_address, a_name_is_kept_in_one_form, a_domain_is_one_in_either_spelling,
                a_password_that_registers_signs_in;
        }
        sessions {
            everywhere:
                a_token_says_who_one_is, guesses_at_once_count_one_after_another,
                windows_that_refresh_at_once_go_on_together, refreshing_rotates_and_reuse_ends_the_family,
                suspension_ends_sessions;
            in_full:
                a_wrong_password_and_an_unknown_address_look_alike, failures_make_the_next_attempt_wait,
                signing_in_on_several_devices_at_once_works, a_refresh_is_repeated_with_its_key,
                a_sign_in_is_repeated_with_its_key, signing_out_ends_the_session,
                the_key_set_verifies_tokens;
        }
        roles {
            everywhere: an_admin_gives_roles;
            in_full: roles_are_checked;
        }
    }
}
