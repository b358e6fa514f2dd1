//! Auth on SQLite and on PostgreSQL, with the real component that hashes behind it.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use bytes::Bytes;
use http::{Request, Response};
use lyceum_auth::SERVICE;
use lyceum_testing::{Answer, App, Event, contract};
use serde_json::{Value, json};

const REQUESTED: &str = "lyceum.users.ErasureRequested.v1";
const ERASURE: &str = "01890000-0000-7000-8000-0000000000ee";
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
    let response = Response::builder().header("content-type", "application/json");
    response.body(Bytes::from(answer.to_string())).unwrap()
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
fn a_status_that_comes_after_the_erasure_changes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        app.deliver(&erasure_requested(&user_id)).unwrap();
        let data = json!({ "user_id": user_id, "status": "suspended", "changed_at": "2026-01-01T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.StatusChanged.v1", data).about("user", &user_id, 1)).unwrap();
    });
}
