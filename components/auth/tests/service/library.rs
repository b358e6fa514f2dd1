//! What a client of the older library is told when it signs in: each row of its contract, case by case.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lyceum_kit::clock::Timestamp;

use super::*;

const LOGIN: &str = "/legacy/public/login";

pub(super) fn login(app: &App, body: &Value) -> Answer {
    app.anonymous().post(LOGIN).json(body).send()
}

pub(super) fn with(username: &str, password: &str) -> Value {
    json!({ "username": username, "password": password })
}

/// What stands in the token of an answer.
pub(super) fn claims(answer: &Answer) -> Value {
    let payload = answer.header("authorization").unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// `{"message", "details"}` of fields that are wrong: their names.
pub(super) fn wrong_fields(answer: &Answer) -> Vec<String> {
    let told = answer.clone().expect(400).json();
    assert_eq!(told["message"], "Method argument validation failed");
    let details = told["details"].as_array().unwrap();
    details.iter().map(|detail| detail["field"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_sign_in_is_answered_with_the_user_and_a_bare_token_for_ten_hours() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        register(app, "ben@example.org", "k2");
        login(app, &with("ben@example.org", PASSWORD)).expect(200);
        let answer = login(app, &with("ada@example.org", PASSWORD)).expect(200);
        assert_eq!(answer.json(), json!({ "id": "2", "username": "ada@example.org", "fullName": "Ada" }));
        let said = claims(&answer);
        let (iat, exp) = (said["iat"].as_i64().unwrap(), said["exp"].as_i64().unwrap());
        assert_eq!(exp - iat, 36_000);
        assert_eq!(
            [&said["iss"], &said["sub"], &said["roles"], &said["uid"]],
            [&json!("example.io"), &json!("2,ada@example.org"), &json!("READER"), &json!(user_id)]
        );
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        let again = login(app, &with("ADA@example.org", PASSWORD)).expect(200);
        assert_eq!(again.json()["id"], "2");
        app.explain().assert_indexed(&SMALL[..1]);
    });
}

#[test]
fn the_key_of_the_token_is_in_the_key_set_and_is_the_same_for_ever() {
    App::new(&SERVICE).on_each_database(|app| {
        register(app, "ada@example.org", "k1");
        let header =
            |answer: &Answer| answer.header("authorization").unwrap().split('.').next().unwrap().to_owned();
        let first = header(&login(app, &with("ada@example.org", PASSWORD)).expect(200));
        let said: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&first).unwrap()).unwrap();
        assert_eq!((&said["alg"], &said["typ"]), (&json!("RS256"), &json!("JWT")));
        let keys = app.anonymous().get("/.well-known/jwks.json").send().expect(200).json();
        let keys = keys["keys"].as_array().unwrap();
        let kinds: Vec<_> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["EdDSA", "RS256"]);
        assert_eq!((&keys[1]["kid"], &keys[1]["kty"]), (&said["kid"], &json!("RSA")));
        assert_eq!(header(&login(app, &with("ada@example.org", PASSWORD)).expect(200)), first);
    });
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_401_without_body_and_challenge() {
    App::new(&SERVICE).on_each_database(|app| {
        register(app, "ada@example.org", "k1");
        for (username, password) in [
            ("ada@example.org", "wrong"),
            ("eve@example.org", PASSWORD),
            ("ada@example.org", &"x".repeat(200)),
        ] {
            let answer = login(app, &with(username, password)).expect(401);
            assert_eq!((answer.text(), answer.header("www-authenticate")), ("", None));
        }
    });
}

#[test]
fn too_many_failures_are_429_without_body_and_say_how_long_to_wait() {
    App::new(&SERVICE).on_each_database(|app| {
        register(app, "ada@example.org", "k1");
        for _ in 0..3 {
            login(app, &with("ada@example.org", "wrong")).expect(401);
        }
        let answer = login(app, &with("ada@example.org", PASSWORD)).expect(429);
        assert_eq!(answer.text(), "");
        assert!(answer.header("retry-after").is_some());
    });
}

#[test]
fn a_disabled_user_is_401_with_a_challenge() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        let data = json!({ "user_id": user_id, "status": "suspended", "changed_at": "2026-01-01T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.StatusChanged.v1", data).about("user", &user_id, 1)).unwrap();
        let answer = login(app, &with("ada@example.org", PASSWORD)).expect(401);
        assert_eq!((answer.text(), answer.header("www-authenticate")), ("", Some("Bearer")));
    });
}

#[test]
fn a_username_that_is_missing_or_no_address_and_a_missing_password_are_400_and_named() {
    App::new(&SERVICE).on_each_database(|app| {
        for (body, expected) in [
            (json!({ "password": PASSWORD }), vec!["username"]),
            (with("ada", PASSWORD), vec!["username"]),
            (json!({ "username": "ada@example.org" }), vec!["password"]),
            (json!({ "username": null, "password": null, "other": 1 }), vec!["username", "password"]),
        ] {
            assert_eq!(wrong_fields(&login(app, &body)), expected, "{body}");
        }
    });
}

#[test]
fn malformed_and_absent_json_is_400_in_the_frameworks_form() {
    App::new(&SERVICE).on_each_database(|app| {
        for body in ["{", ""] {
            let call = app.anonymous().post(LOGIN).body("application/json", body.as_bytes().to_vec());
            let answer = call.send().expect(400);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{body}");
        }
    });
}

#[test]
fn the_session_of_a_token_lasts_until_it_is_ended_or_ten_hours_have_passed() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        let said = claims(&login(app, &with("ada@example.org", PASSWORD)).expect(200));
        let session = said["sid"].as_str().unwrap();
        let (gateway, path) = (app.as_service("gateway"), format!("/sessions/{session}"));
        gateway.get(&path).send().expect(204);
        app.as_service("users").get(&path).send().expect(403);
        gateway.get(&format!("/sessions/{ERASURE}")).send().expect(404);
        app.as_user(&user_id).delete(&format!("/api/v1/auth/sessions/{session}")).send().expect(204);
        gateway.get(&path).send().expect(404);

        let said = claims(&login(app, &with("ada@example.org", PASSWORD)).expect(200));
        let path = format!("/sessions/{}", said["sid"].as_str().unwrap());
        let after = |seconds: i64| {
            app.stop_clock(Timestamp::from_micros((said["iat"].as_i64().unwrap() + seconds) * 1_000_000));
            app.as_service("gateway").get(&path).send().status()
        };
        assert_eq!([after(35_999), after(36_001)], [204, 404]);
        app.explain().assert_indexed(&SMALL);
    });
}

#[test]
fn an_erased_person_loses_their_number_and_the_next_one_gets_another() {
    App::new(&SERVICE).on_each_database(|app| {
        let user_id = register(app, "ada@example.org", "k1");
        login(app, &with("ada@example.org", PASSWORD)).expect(200);
        app.deliver(&erasure_requested(&user_id)).unwrap();
        login(app, &with("ada@example.org", PASSWORD)).expect(401);
        register(app, "ada@example.org", "k2");
        assert_eq!(login(app, &with("ada@example.org", PASSWORD)).expect(200).json()["id"], "2");
    });
}
