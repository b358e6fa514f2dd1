//! Accounts that readers makes together with a record, on SQLite and on PostgreSQL: proposed, reserved, and opened or
//! withdrawn.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use bytes::Bytes;
use http::{Request, Response};
use lyceum_auth::SERVICE;
use lyceum_kit::{clock::Timestamp, role::Role};
use lyceum_testing::{Answer, App};
use serde_json::{Value, json};

const ADA: &str = "01890000-0000-7000-8000-00000000000a";
const BEN: &str = "01890000-0000-7000-8000-00000000000b";
const SAGA: &str = "01890000-0000-7000-8000-0000000000aa";
const OTHER_SAGA: &str = "01890000-0000-7000-8000-0000000000bb";
const EMAIL: &str = "ada@example.org";
const PASSWORD: &str = "horse battery staple";
const CREATED: &str = "lyceum.auth.UserCreated.v1";
/// One person's sign-in is sorted, which is a row or two.
const SMALL: [&str; 1] = ["WHERE a.email_folded IN"];
const START: i64 = 1_767_225_600_000_000;
const HOUR: i64 = 3_600_000_000;

/// What the component `passwords` would answer, without its cost.
#[allow(clippy::needless_pass_by_value, reason = "it is given away")]
fn play_passwords(request: Request<Bytes>) -> Response<Bytes> {
    let asked: Value = serde_json::from_slice(request.body()).unwrap();
    let hash = format!("hash of {}", asked["password"].as_str().unwrap());
    let answer = match request.uri().path() {
        "/hash" => json!({ "hash": hash }),
        _ => json!({ "valid": asked["hash"] == hash.as_str(), "needs_rehash": false }),
    };
    let response = Response::builder().header("content-type", "application/json");
    response.body(Bytes::from(answer.to_string())).unwrap()
}

fn on_each(test: impl Fn(&App)) {
    App::new(&SERVICE).on_each_database(|app| {
        app.on_call("passwords", play_passwords);
        app.stop_clock(Timestamp::from_micros(START));
        test(app);
        // So that each test runs this statement, which is allowed.
        sign_in(app);
        app.explain().assert_indexed(&SMALL);
    });
}

fn sign_in(app: &App) -> u16 {
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    app.anonymous().post("/api/v1/auth/login").json(&body).send().status()
}

fn body(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "display_name": "Ada" })
}

fn propose(app: &App, id: &str) -> Answer {
    app.as_service("readers").put(&format!("/accounts/{id}/proposal")).json(&body(EMAIL)).send()
}

fn reserve(app: &App, id: &str, saga: &str) -> Answer {
    app.as_service("readers").put(&format!("/accounts/{id}/reservations/{saga}")).json(&json!(null)).send()
}

fn withdraw(app: &App, id: &str, saga: &str) -> Answer {
    app.as_service("readers").delete(&format!("/accounts/{id}/reservations/{saga}")).send()
}

fn open(app: &App, id: &str, saga: &str) -> Answer {
    app.as_service("readers").put(&format!("/accounts/{id}/openings/{saga}")).json(&json!(null)).send()
}

fn register(app: &App) -> Answer {
    app.anonymous().post("/api/v1/auth/register").json(&body(EMAIL)).send()
}

#[test]
fn an_account_that_is_proposed_reserved_and_opened_twice_is_there_and_told_once() {
    on_each(|app| {
        for _ in 0..2 {
            propose(app, ADA).expect(204);
        }
        for _ in 0..2 {
            reserve(app, ADA, SAGA).expect(204);
        }
        assert_eq!((sign_in(app), app.events().len()), (401, 0), "nobody has it yet");
        app.stop_clock(Timestamp::from_micros(START + HOUR));
        for _ in 0..2 {
            open(app, ADA, SAGA).expect(204);
        }
        let [created] = &app.events_of(CREATED)[..] else { panic!("one account") };
        assert_eq!(
            (&created.data["user_id"], &created.data["email"], &created.data["display_name"]),
            (&json!(ADA), &json!(EMAIL), &json!("Ada"))
        );
        assert_eq!(
            (&created.data["roles"], created.data["created_at"].as_str().unwrap()),
            (&json!(["reader"]), "2026-01-01T01:00:00Z")
        );
        assert_eq!(sign_in(app), 200);
        // What comes late changes nothing.
        reserve(app, ADA, SAGA).expect(204);
        withdraw(app, ADA, SAGA).expect(204);
        assert_eq!((sign_in(app), app.events_of(CREATED).len()), (200, 1));
    });
}

#[test]
fn a_reserved_account_holds_its_address_and_is_shown_to_nobody() {
    on_each(|app| {
        propose(app, ADA).expect(204);
        propose(app, BEN).expect(204);
        reserve(app, ADA, SAGA).expect(204);
        assert_eq!(reserve(app, BEN, OTHER_SAGA).expect(409).problem().error_code, "EMAIL_TAKEN");
        assert_eq!(register(app).expect(409).problem().error_code, "EMAIL_TAKEN");
        assert_eq!(propose(app, BEN).expect(409).problem().pointers(), ["/email"]);
        let roles = format!("/api/v1/auth/users/{ADA}/roles");
        app.as_role(Role::Admin).get(&roles).send().expect(404);
        let change = app.as_role(Role::Admin).put(&roles).if_match("*").json(&json!({ "roles": ["admin"] }));
        change.send().expect(404);
        // Neither is it another saga's.
        open(app, ADA, OTHER_SAGA).expect(409);
        reserve(app, ADA, OTHER_SAGA).expect(409);
        withdraw(app, ADA, OTHER_SAGA).expect(204);
        open(app, ADA, SAGA).expect(204);
    });
}

#[test]
fn a_proposal_holds_no_address() {
    on_each(|app| {
        propose(app, ADA).expect(204);
        register(app).expect(201);
        assert_eq!(reserve(app, ADA, SAGA).expect(409).problem().error_code, "EMAIL_TAKEN");
        open(app, ADA, SAGA).expect(409);
        assert_eq!(app.events_of(CREATED).len(), 1);
    });
}

#[test]
fn a_withdrawn_account_frees_its_address_and_is_not_made_by_what_comes_late() {
    on_each(|app| {
        propose(app, ADA).expect(204);
        reserve(app, ADA, SAGA).expect(204);
        for _ in 0..2 {
            withdraw(app, ADA, SAGA).expect(204);
        }
        // Also what was asked for before: the proposal and the reservation, which were on their way.
        propose(app, ADA).expect(204);
        assert_eq!(reserve(app, ADA, SAGA).expect(409).problem().error_code, "ACCOUNT_GIVEN_UP");
        open(app, ADA, SAGA).expect(409);
        // And where the withdrawal was quicker than all of them.
        withdraw(app, BEN, OTHER_SAGA).expect(204);
        propose(app, BEN).expect(204);
        reserve(app, BEN, OTHER_SAGA).expect(409);
        register(app).expect(201);
        assert_eq!(app.events_of(CREATED).len(), 1);
    });
}

#[test]
fn what_nobody_goes_on_with_is_forgotten_after_two_days_and_what_is_reserved_is_not() {
    on_each(|app| {
        propose(app, ADA).expect(204);
        let after = |hours: i64| {
            app.stop_clock(Timestamp::from_micros(START + hours * HOUR));
            app.tick("hour").unwrap();
        };
        after(47);
        reserve(app, ADA, SAGA).expect(204);
        let other = json!({ "email": "ben@example.org", "password": PASSWORD, "display_name": "Ben" });
        app.as_service("readers").put(&format!("/accounts/{BEN}/proposal")).json(&other).send().expect(204);
        after(97);
        assert_eq!(reserve(app, BEN, OTHER_SAGA).expect(409).problem().error_code, "ACCOUNT_GIVEN_UP");
        open(app, ADA, SAGA).expect(204);
        assert_eq!(sign_in(app), 200);
    });
}

#[test]
fn a_proposal_is_held_against_the_rules_for_accounts() {
    on_each(|app| {
        let path = format!("/accounts/{ADA}/proposal");
        let readers = app.as_service("readers");
        let weak = json!({ "email": "ada", "password": "short", "display_name": " " });
        let problem = readers.put(&path).json(&weak).send().expect(422).problem();
        assert_eq!(problem.pointers(), ["/email", "/password", "/display_name"]);
        app.configure("first_admin_email", EMAIL);
        readers.put(&path).json(&body(EMAIL)).send().expect(409);
        reserve(app, ADA, SAGA).expect(409);
    });
}

#[test]
fn nobody_but_readers_makes_accounts_like_that() {
    on_each(|app| {
        for caller in [app.as_role(Role::Admin), app.as_service("users"), app.anonymous()] {
            caller.put(&format!("/accounts/{ADA}/proposal")).json(&body(EMAIL)).send().expect(403);
            for path in ["reservations", "openings"] {
                let path = format!("/accounts/{ADA}/{path}/{SAGA}");
                caller.put(&path).json(&json!(null)).send().expect(403);
            }
            caller.delete(&format!("/accounts/{ADA}/reservations/{SAGA}")).send().expect(403);
        }
        app.as_service("readers").put("/accounts/x/reservations/y").json(&json!(null)).send().expect(400);
    });
}

#[test]
fn an_account_that_is_opened_at_the_same_moment_is_told_of_once() {
    on_each(|app| {
        propose(app, ADA).expect(204);
        reserve(app, ADA, SAGA).expect(204);
        app.commit_first("UPDATE accounts SET saga_id = NULL");
        open(app, ADA, SAGA).expect(503);
        open(app, ADA, SAGA).expect(204);
        assert_eq!(app.events_of(CREATED).len(), 0, "whoever was quicker told of it");
        reserve(app, ADA, SAGA).expect(204);
    });
}
