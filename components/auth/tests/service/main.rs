//! Auth on SQLite and on PostgreSQL, with the real component that hashes behind it.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod addresses;
mod library;
mod library_accounts;
mod library_admin;
mod library_import;
mod library_registration;
mod rehashing;

use bytes::Bytes;
use http::{Request, Response};
use lyceum_auth::SERVICE;
use lyceum_kit::role::Role;
use lyceum_testing::{Answer, App, Event, contract};
use serde_json::{Value, json};

const REQUESTED: &str = "lyceum.users.ErasureRequested.v1";
const ERASURE: &str = "01890000-0000-7000-8000-0000000000ee";
/// One person's sign-in and sessions are sorted, which are few.
const SMALL: [&str; 2] = ["WHERE a.email_folded IN", "FROM sessions WHERE account_id = $1"];
const PASSWORD: &str = "horse battery staple";

/// What the component `passwords` would answer, without its cost.
#[allow(clippy::needless_pass_by_value, reason = "it is given away")]
fn play_passwords(request: Request<Bytes>) -> Response<Bytes> {
    let asked: Value = serde_json::from_slice(request.body()).unwrap();
    let hash = format!("hash of {}", asked["password"].as_str().unwrap());
    let answer = match request.uri().path() {
        "/hash" => json!({ "hash": hash }),
        _ => json!({ "valid": asked["hash"] == hash.as_str(), "needs_rehash": false }),
    };
    answered(&answer)
}

fn answered(json: &Value) -> Response<Bytes> {
    let response = Response::builder().header("content-type", "application/json");
    response.body(Bytes::from(json.to_string())).unwrap()
}

/// Makes an account: the user's id.
fn register(app: &App, email: &str, key: &str) -> String {
    app.on_call("passwords", play_passwords);
    let body = json!({ "email": email, "password": PASSWORD, "display_name": "Ada" });
    let answer = app.anonymous().post("/api/v1/auth/register").json(&body).key(key).send().expect(201);
    answer.json()["user_id"].as_str().unwrap().to_owned()
}

fn sign_in(app: &App, email: &str, password: &str) -> Answer {
    app.anonymous().post("/api/v1/auth/login").json(&json!({ "email": email, "password": password })).send()
}

fn erasure_requested(user_id: &str) -> Event {
    let data = json!({ "erasure_id": ERASURE, "user_id": user_id, "requested_at": "2026-01-01T00:00:00Z" });
    Event::new(REQUESTED, data).about("user", user_id, 2)
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    contract::assert_fits(&SERVICE);
}

#[test]
fn an_erased_person_is_signed_out_and_their_address_is_free_again() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        let other = register(app, "ben@example.org", "k2");
        sign_in(app, "ada@example.org", "not the password").expect(401);
        let tokens = sign_in(app, "ada@example.org", PASSWORD).expect(200).json();
        let requested = erasure_requested(&user_id);
        app.deliver(&requested).unwrap();
        app.deliver(&requested).unwrap();

        let [ended] = &app.events_of("lyceum.auth.SessionsEnded.v1")[..] else { panic!("one session") };
        assert_eq!(
            (&ended.data["user_id"], &ended.data["reason"]),
            (&json!(user_id), &json!("account_closed"))
        );
        let [answered] = &app.events_of("lyceum.platform.ErasureAnswered.v1")[..] else {
            panic!("one answer")
        };
        let said = ["erasure_id", "user_id", "service"].map(|name| answered.data[name].as_str().unwrap());
        assert_eq!(said, [ERASURE, user_id.as_str(), "auth"]);

        sign_in(app, "ada@example.org", PASSWORD).expect(401);
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        app.anonymous().post("/api/v1/auth/refresh").json(&refresh).send().expect(401);
        sign_in(app, "ben@example.org", PASSWORD).expect(200);
        assert_ne!(register(app, "ada@example.org", "k3"), user_id);
        assert_ne!(other, user_id);
    });
}

#[test]
fn signing_out_and_losing_the_account_end_the_sessions_streams() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        sign_in(app, "ada@example.org", PASSWORD).expect(200);
        sign_in(app, "ada@example.org", PASSWORD).expect(200);
        assert!(app.announced().is_empty());
        let me = app.as_user(&user_id);
        let sessions = me.get("/api/v1/auth/sessions").send().expect(200).json();
        let [first, second] = [0, 1].map(|at| sessions["items"][at]["session_id"].as_str().unwrap());
        me.delete(&format!("/api/v1/auth/sessions/{first}")).send().expect(204);
        let data = json!({ "user_id": user_id, "status": "suspended", "changed_at": "2026-01-01T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.StatusChanged.v1", data).about("user", &user_id, 1)).unwrap();
        let told = app.announced();
        let told: Vec<_> = told.iter().map(|told| (&*told.channel, &*told.event, &told.data)).collect();
        let channel = format!("sessions/{user_id}");
        let (one, rest) = (json!({ "session_ids": [first] }), json!({ "session_ids": [second] }));
        assert_eq!(told, [(&*channel, "sessions-ended", &one), (&*channel, "sessions-ended", &rest)]);
    });
}

#[test]
fn a_status_that_comes_after_the_erasure_changes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        app.deliver(&erasure_requested(&user_id)).unwrap();
        let data = json!({ "user_id": user_id, "status": "suspended", "changed_at": "2026-01-01T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.StatusChanged.v1", data).about("user", &user_id, 1)).unwrap();
    });
}

/// Where users says that this person is to be erased.
fn erasure_of(user_id: &str) -> String {
    format!("/accounts/{user_id}/erasures/{ERASURE}")
}

#[test]
fn an_account_that_is_closed_for_an_erasure_lets_nobody_in_until_it_is_opened_again() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        let tokens = sign_in(app, "ada@example.org", PASSWORD).expect(200).json();
        let (users, path) = (app.as_service("users"), erasure_of(&user_id));
        for _ in 0..2 {
            users.put(&path).json(&json!(null)).send().expect(204);
        }
        assert_eq!(app.events_of("lyceum.auth.SessionsEnded.v1").len(), 1);
        let problem = sign_in(app, "ada@example.org", PASSWORD).expect(403);
        assert_eq!(problem.problem().error_code, "ACCOUNT_NOT_ACTIVE");
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        app.anonymous().post("/api/v1/auth/refresh").json(&refresh).send().expect(401);
        // What another erasure was begun for stays.
        users.delete(&format!("/accounts/{user_id}/erasures/{user_id}")).send().expect(204);
        sign_in(app, "ada@example.org", PASSWORD).expect(403);
        users.delete(&path).send().expect(204);
        sign_in(app, "ada@example.org", PASSWORD).expect(200);
        app.explain().assert_indexed(&SMALL);
    });
}

#[test]
fn a_status_that_is_set_while_an_account_is_closed_is_its_status_when_it_opens_again() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        let (users, path) = (app.as_service("users"), erasure_of(&user_id));
        users.put(&path).json(&json!(null)).send().expect(204);
        for (status, expected) in [("suspended", 403), ("active", 200)] {
            let data = json!({ "user_id": user_id, "status": status, "changed_at": "2026-01-01T00:00:00Z" });
            let sequence = if status == "active" { 2 } else { 1 };
            let event = Event::new("lyceum.users.StatusChanged.v1", data).about("user", &user_id, sequence);
            app.deliver(&event).unwrap();
            sign_in(app, "ada@example.org", PASSWORD).expect(403);
            users.delete(&path).send().expect(204);
            sign_in(app, "ada@example.org", PASSWORD).expect(expected);
            users.put(&path).json(&json!(null)).send().expect(204);
        }
    });
}

#[test]
fn the_last_administrator_stays_also_while_another_one_goes() {
    App::new(&SERVICE).on_each_database(|app| {
        let (ada, ben) = (register(app, "ada@example.org", "k1"), register(app, "ben@example.org", "k2"));
        let (admin, users) = (app.as_role(Role::Admin), app.as_service("users"));
        for user_id in [&ada, &ben] {
            let roles = format!("/api/v1/auth/users/{user_id}/roles");
            admin.put(&roles).if_match("\"1\"").json(&json!({ "roles": ["admin"] })).send().expect(200);
        }
        let check = |user_id: &str| users.get(&format!("/accounts/{user_id}/erasures")).send();
        let close = |user_id: &str| users.put(&erasure_of(user_id)).json(&json!(null)).send();
        check(&ada).expect(204);
        close(&ada).expect(204);
        assert_eq!(check(&ben).expect(409).problem().error_code, "LAST_ADMIN");
        assert_eq!(close(&ben).expect(409).problem().error_code, "LAST_ADMIN");
        let roles = format!("/api/v1/auth/users/{ben}/roles");
        admin.put(&roles).if_match("*").json(&json!({ "roles": ["student"] })).send().expect(409);
        sign_in(app, "ben@example.org", PASSWORD).expect(200);
        // The one who goes may not be the only one who stays, either.
        users.delete(&erasure_of(&ada)).send().expect(204);
        close(&ben).expect(204);
        close(&ada).expect(409);
        app.explain().assert_indexed(&SMALL);
    });
}

#[test]
fn the_first_administrator_does_not_come_back_after_an_erasure_while_another_is_there() {
    App::new(&SERVICE).on_each_database(|app| {
        let ada = register(app, "ada@example.org", "k1");
        app.configure("first_admin_email", "root@example.org");
        app.configure("first_admin_password", PASSWORD);
        sign_in(app, "root@example.org", PASSWORD).expect(200);
        let created = app.events_of("lyceum.auth.UserCreated.v1");
        let root = created[1].data["user_id"].as_str().unwrap();
        let roles = format!("/api/v1/auth/users/{ada}/roles");
        let change = app.as_role(Role::Admin).put(&roles).json(&json!({ "roles": ["admin"] }));
        // As with every change, whoever makes it says which state they read.
        change.clone().send().expect(428);
        change.if_match("\"1\"").send().expect(200);
        app.deliver(&erasure_requested(root)).unwrap();
        sign_in(app, "root@example.org", PASSWORD).expect(401);
        assert_eq!(app.events_of("lyceum.auth.UserCreated.v1").len(), 2);
        app.explain().assert_indexed(&SMALL);
    });
}

#[test]
fn an_account_that_changes_while_somebody_signs_in_lets_them_in_as_it_is_then() {
    App::new(&SERVICE).on_each_database(|app| {
        register(app, "ada@example.org", "k1");
        app.commit_first("UPDATE accounts SET version = version + 1");
        sign_in(app, "ada@example.org", PASSWORD).expect(200);
        app.commit_first("UPDATE accounts SET version = version + 1, status = 'suspended'");
        sign_in(app, "ada@example.org", PASSWORD).expect(403);
    });
}

#[test]
fn an_account_that_changes_while_it_is_being_closed_is_unavailable_and_then_closed() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        app.commit_first("UPDATE accounts SET version = version + 1");
        let call = app.as_service("users").put(&erasure_of(&user_id)).json(&json!(null));
        call.clone().send().expect(503);
        call.send().expect(204);
    });
}

#[test]
fn only_users_closes_accounts_and_one_that_is_not_there_needs_no_closing() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = erasure_of(ERASURE);
        for caller in [app.as_role(Role::Admin), app.as_service("files"), app.anonymous()] {
            caller.put(&path).json(&json!(null)).send().expect(403);
            caller.delete(&path).send().expect(403);
            caller.get(&format!("/accounts/{ERASURE}/erasures")).send().expect(403);
        }
        let users = app.as_service("users");
        users.put(&path).json(&json!(null)).send().expect(204);
        users.delete(&path).send().expect(204);
        users.get(&format!("/accounts/{ERASURE}/erasures")).send().expect(204);
        users.put("/accounts/x/erasures/y").json(&json!(null)).send().expect(400);
    });
}
