//! The suite: what a person or a program may rely on, held against running deployments.
//!
//! Without further settings it starts deployments of its own: on SQLite, on PostgreSQL, with a fresh instance for
//! every request, with a single instance for all requests, on every server, and on a lattice. With `LYCEUM_TEST_BASE_URL`,
//! `LYCEUM_TEST_ADMIN_EMAIL` and `LYCEUM_TEST_ADMIN_PASSWORD` it runs against that deployment instead, without the
//! scenarios that look into the data folder or make tokens of their own.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod access;
mod afterwards;
mod bad_input;
mod callers;
mod conditions;
mod deployments;
mod directory;
mod files;
mod http;
mod idempotency;
mod inbox;
mod observability;
mod profiles;
mod registration;
mod roles;
mod sessions;
mod tokens;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use deployments::{Deployments, Kind, Scenario};
use libtest_mimic::{Arguments, Trial};

/// Most of a scenario is waiting for the deployment, so there may be more of them than cores.
const AT_ONCE: usize = 6;

/// Scenarios by module, named as their functions.
macro_rules! scenarios {
    ($($module:ident: $($name:ident),+;)+) => {
        vec![$($(Scenario::new(
            concat!(stringify!($module), "::", stringify!($name)),
            |target| Box::pin($module::$name(target)),
        )),+),+]
    };
}

fn scenarios() -> Vec<Scenario> {
    scenarios! {
        registration: leads_to_profile_message_and_mail, says_where_the_person_is, refuses_a_taken_address,
            refuses_weak_passwords, refuses_what_is_no_address, a_name_is_kept_in_one_form,
            a_domain_is_one_in_either_spelling, a_password_that_registers_signs_in;
        sessions: a_token_says_who_one_is, a_wrong_password_and_an_unknown_address_look_alike,
            failures_make_the_next_attempt_wait, guesses_at_once_count_one_after_another,
            signing_in_on_several_devices_at_once_works, windows_that_refresh_at_once_go_on_together,
            a_refresh_is_repeated_with_its_key, a_sign_in_is_repeated_with_its_key, refreshing_rotates_and_reuse_ends_the_family,
            signing_out_ends_the_session, suspension_ends_sessions, the_key_set_verifies_tokens;
        profiles: a_change_needs_the_state_it_is_meant_for, an_unchanged_profile_is_not_sent_again,
            a_change_of_null_removes, others_profiles_are_private;
        directory: admins_page_through_people, people_are_found_by_the_beginning_of_name_or_address,
            people_are_found_by_role_and_status;
        roles: an_admin_gives_roles, roles_are_checked;
        files: a_file_is_read_as_it_was_uploaded, ranges_are_answered, what_is_not_as_stated_is_not_stored,
            only_what_is_allowed_is_taken, files_are_private, a_link_works_without_a_sign_in_until_it_expires,
            an_upload_goes_on_where_it_broke_off, nobody_gets_more_than_their_quota,
            a_form_is_taken_as_the_older_system_did, of_a_name_with_folders_the_last_part_is_kept,
            the_largest_file_passes;
        conditions: what_is_read_is_held_against_them_before_a_range, a_change_meant_for_another_state_is_refused,
            content_is_stored_only_where_none_is_if_that_is_meant;
        http: an_answer_to_head_is_that_to_get_without_its_body, bytes_after_a_request_hold_up_no_answer,
            a_patch_says_its_format;
        inbox: reading_a_message_counts_it_out, messages_are_private, everything_can_be_read_at_once;
        idempotency: the_same_key_gets_the_same_answer, the_same_key_for_something_else_is_refused,
            twins_at_once_make_one_person, a_changed_profile_is_changed_once;
        observability: a_correlation_id_goes_all_the_way, a_request_without_one_gets_one,
            health_names_every_service, operators_see_that_it_lives_and_what_it_does;
        bad_input: bodies, arrays_for_objects, fields, sizes, paths, queries, headers, malformed_http;
        access: every_route_by_everybody, documents_agree, tokens_that_must_not_pass;
        callers: nobody_sees_anything_of_another;
    }
}

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let runtime = Arc::new(tokio::runtime::Builder::new_multi_thread().enable_all().build()?);
    let deployments = Arc::new(Deployments::chosen());
    let mut trials = Vec::new();
    for kind in deployments.kinds() {
        for scenario in scenarios() {
            let (runtime, deployments) = (Arc::clone(&runtime), Arc::clone(&deployments));
            trials.push(Trial::test(format!("{kind}::{}", scenario.name), move || {
                let run = async { (scenario.run)(deployments.target(kind).await?).await };
                runtime.block_on(run).map_err(|error| format!("{error:#}").into())
            }));
        }
    }
    let during = libtest_mimic::run(&arguments, trials);
    // Only the inside of a deployment of ours can be looked into.
    let given = deployments.kinds().contains(&Kind::Given);
    let after = if given { Vec::new() } else { afterwards::trials(&runtime, &deployments) };
    let after = libtest_mimic::run(&arguments, after);
    let good = !during.has_failed() && !after.has_failed();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(101) })
}
