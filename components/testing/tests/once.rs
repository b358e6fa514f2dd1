//! What happens once, on each database: transactions, steps, answers of rows, numbers.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::{cell::Cell, time::Duration};

use lyceum_kit::{
    prelude::*,
    sql::{Rows, Sequence},
};
use lyceum_testing::{Answer, App, Crash};

const USER: &str = "01890000-0000-7000-8000-0000000000bb";
static NUMBERS: Sequence = Sequence::new("things");

thread_local! {
    /// How often somebody else takes the number meanwhile.
    static RIVALS: Cell<u32> = const { Cell::new(0) };
    /// Whether the next request breaks off between its writes.
    static BREAKS_OFF: Cell<bool> = const { Cell::new(false) };
}

lyceum_kit::service! {
    name: "things",
    routes: routes,
    migrations: ["0001-things", "0002-sequences" = lyceum_kit::sql::SEQUENCES],
}

fn routes() -> Routes {
    Routes::new("Things", "For a test.")
        .add(Access::SignedIn, route!(number))
        .add(Access::SignedIn, route!(generate).respond_with(generated))
        .add(Access::SignedIn, route!(twice))
        .add(Access::SignedIn, route!(stepwise))
}

fn insert(id: &str) -> Statement {
    statement("INSERT INTO things (id, a, b) VALUES ($1, $2, $3) RETURNING id", params![id, "a", "b"])
}

fn new() -> Statement {
    insert(&ids::new().to_string())
}

/// Makes a thing with the next number of the year.
#[utoipa::path(post, path = "/numbers", responses((status = 201)))]
async fn number(context: Context) -> Result<Response, Problem> {
    NUMBERS.gapless(2026, |number| {
        if let Some(rivals) = RIVALS.get().checked_sub(1) {
            RIVALS.set(rivals);
            NUMBERS.next(&context.without_once(), 2026)?;
        }
        let location = format!("/things/{number}");
        let transaction = context.begin().execute(insert(&number.to_string()));
        Ok::<_, Problem>(transaction.respond(created(&location, number.to_string())))
    })
}

/// Makes a thing, and answers with what the statement returned.
#[utoipa::path(post, path = "/generated", responses((status = 201)))]
async fn generate(context: Context) -> Result<Response, Problem> {
    context.begin().execute(new()).respond_with_rows().commit()
}

fn generated(rows: Vec<Rows>) -> Result<Response, Problem> {
    let row = rows.into_iter().next().ok_or_else(Problem::internal)?;
    let (id,): (String,) = row.one().map_err(SqlError::from)?;
    Ok(created(&format!("/things/{id}"), id))
}

/// Forgets that a request has one transaction.
#[utoipa::path(post, path = "/twice", responses((status = 204)))]
async fn twice(context: Context) -> Result<Response, Problem> {
    context.begin().execute(new()).respond(no_content()).commit()?;
    context.begin().execute(new()).respond(no_content()).commit()
}

/// Makes two things one after the other.
#[utoipa::path(post, path = "/stepwise", responses((status = 204)))]
async fn stepwise(context: Context) -> Result<Response, Problem> {
    context.step("first").begin().execute(new()).commit()?;
    if BREAKS_OFF.replace(false) {
        return Err(Problem::unavailable(Duration::from_secs(1)));
    }
    context.begin().execute(new()).respond(no_content()).commit()
}

fn post(app: &App, path: &str, key: Option<&str>) -> Answer {
    let call = app.as_user(USER).post(path);
    key.map_or_else(|| call.clone(), |key| call.clone().key(key)).send()
}

fn things(app: &App) -> i64 {
    let (count,) = app.run(|| query_one(statement("SELECT COUNT(*) AS things FROM things", vec![]))).unwrap();
    count
}

#[test]
fn numbers_have_no_gap_although_others_are_quicker() {
    App::new(&SERVICE).on_each_database(|app| {
        RIVALS.set(2);
        let first = post(app, "/numbers", Some("k")).expect(201);
        // The rivals have 1 and 2.
        assert_eq!((first.header("location"), first.text()), (Some("/things/2026/3"), "2026/3"));
        let again = post(app, "/numbers", Some("k")).expect(201);
        assert_eq!((again.header("idempotency-replayed"), again.text()), (Some("true"), "2026/3"));
        assert_eq!(post(app, "/numbers", None).expect(201).text(), "2026/4");
        assert_eq!(things(app), 2);
    });
}

#[test]
fn who_never_gets_a_number_is_told_to_come_later() {
    App::new(&SERVICE).on_each_database(|app| {
        RIVALS.set(u32::MAX);
        post(app, "/numbers", Some("k")).expect(503);
        RIVALS.set(0);
        let number = post(app, "/numbers", Some("k")).expect(201);
        assert_eq!(things(app), 1, "{number:?}");
    });
}

#[test]
fn an_answer_of_rows_is_the_same_when_the_request_is_repeated() {
    App::new(&SERVICE).on_each_database(|app| {
        let first = post(app, "/generated", Some("k")).expect(201);
        let again = post(app, "/generated", Some("k")).expect(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!((first.header("location"), first.text()), (again.header("location"), again.text()));
        assert_ne!(post(app, "/generated", Some("l")).expect(201).text(), first.text());
        assert_eq!(things(app), 2);
    });
}

#[test]
fn an_answer_of_rows_survives_a_commit_whose_outcome_is_not_known() {
    App::new(&SERVICE).on_each_database(|app| {
        app.fail_next_commit(Crash::AfterCommit);
        let answer = post(app, "/generated", Some("k")).expect(201);
        assert_eq!(answer.header("idempotency-replayed"), Some("true"));
        assert_eq!(things(app), 1);
    });
}

#[test]
fn a_second_transaction_of_one_request_is_an_error_with_and_without_a_key() {
    App::new(&SERVICE).on_each_database(|app| {
        post(app, "/twice", None).expect(500);
        post(app, "/twice", Some("k")).expect(500);
        assert_eq!(things(app), 2, "the first one of each");
    });
}

#[test]
fn a_request_that_broke_off_between_its_steps_is_taken_up_when_it_is_repeated() {
    App::new(&SERVICE).on_each_database(|app| {
        BREAKS_OFF.set(true);
        post(app, "/stepwise", Some("k")).expect(503);
        assert_eq!(things(app), 1);
        for replayed in [None, Some("true")] {
            let answer = post(app, "/stepwise", Some("k")).expect(204);
            assert_eq!(answer.header("idempotency-replayed"), replayed);
            assert_eq!(things(app), 2);
        }
    });
}
