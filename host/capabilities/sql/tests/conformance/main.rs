//! What every backend of the sql capability guarantees, held against each of them by the same functions,
//! and after that what only one of them could do wrong.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod concurrency;
mod events;
mod migrations;
mod once;
mod postgres;
mod rebuild;
mod relay;
mod sqlite;
mod statements;
mod subject;
mod values;

/// Makes a test of each function of the suite for one backend.
macro_rules! conformance {
    ($backend:ident, $new:expr) => {
        mod $backend {
            conformance!(@tests $new,
                statements: rows_and_columns_come_back_in_order,
                statements: placeholders_may_repeat_and_stand_in_any_order,
                statements: an_expectation_that_fails_undoes_everything,
                statements: constraints_are_named,
                statements: what_is_wrong_with_a_statement_is_invalid,
                statements: reserved_names_are_out_of_reach,
                statements: limits_hold,
                statements: a_query_cannot_write,
                statements: a_query_sees_one_snapshot,
                statements: deadlines_hold,
                statements: answers_survive_reopening,
                values: values_come_back_as_they_went_in,
                values: any_value_comes_back,
                once: the_second_time_is_a_duplicate,
                once: recall_gives_the_first_answer,
                once: another_fingerprint_is_refused,
                once: a_failed_transaction_leaves_no_key,
                once: expired_keys_are_absent_and_purged,
                once: large_rows_are_not_remembered,
                once: of_concurrent_duplicates_one_commits,
                events: events_are_numbered_per_aggregate,
                events: events_of_a_failed_transaction_never_were,
                events: a_duplicate_event_id_is_refused,
                events: an_event_that_the_service_does_not_declare_is_refused,
                events: commit_order_is_sequence_order,
                concurrency: counters_lose_nothing,
                concurrency: write_skew_cannot_happen,
                relay: everything_committed_is_published_in_order,
                relay: a_commit_wakes_the_relay,
                relay: a_flaky_bus_gets_each_event_in_order,
                relay: what_was_left_behind_is_published_after_a_restart,
                migrations: they_are_applied_once_and_in_order,
                migrations: an_edited_missing_or_late_one_is_refused,
                migrations: a_failing_one_leaves_nothing,
                migrations: several_hosts_may_migrate_at_once,
                migrations: old_code_runs_on_a_newer_schema,
                migrations: reserved_names_are_refused,
                rebuild: a_generation_takes_the_place_of_the_live_rows_at_once,
                rebuild: what_refers_to_a_row_keeps_it_where_it_is,
                rebuild: one_that_ends_early_changes_nothing_and_the_next_is_empty,
                rebuild: two_generations_at_once_are_refused,
                rebuild: live_tables_are_held_once_nobody_writes_to_them,
                rebuild: tables_are_known_by_name_and_need_a_key,
            );
        }
    };
    (@tests $new:expr, $($module:ident: $name:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                crate::$module::$name(&$new).await;
            }
        )*
    };
}

conformance!(on_sqlite, crate::sqlite::SqliteSubject::new());
conformance!(on_postgres, crate::postgres::PostgresSubject::new());
