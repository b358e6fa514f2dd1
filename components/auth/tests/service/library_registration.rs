//! What a client of the older library is told when somebody registers: each row of its contract, case by case.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::library::{claims, login, with, wrong_fields};
use super::*;

const REGISTER: &str = "/legacy/public/register";
const SWITCH: &str = "library_librarian_registration";
pub(super) const STRONG: &str = "Password1";

pub(super) fn body(changes: &Value) -> Value {
    let mut body = json!({
        "username": "ana@example.org", "password": STRONG, "name": "Ana Reis", "role": "READER", "authorities": ["X"],
    });
    body.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    body
}

pub(super) fn call(app: &App, changes: &Value) -> Answer {
    app.on_call("passwords", play_passwords);
    app.configure("forbidden_names", "Batman Sol Demónio");
    app.anonymous().post(REGISTER).json(&body(changes)).send()
}

/// The one detail of `{"message": "Bad Request"}`.
pub(super) fn refusal(answer: Answer) -> String {
    let told = answer.expect(400).json();
    assert_eq!(told["message"], "Bad Request");
    assert_eq!(told["details"].as_array().map(Vec::len), Some(1));
    told["details"][0].as_str().unwrap().to_owned()
}

#[test]
fn a_reader_who_registers_is_answered_with_200_and_the_user_and_can_sign_in() {
    App::new(&SERVICE).on_each_database(|app| {
        let answer = call(app, &json!({})).expect(200);
        let view = json!({ "id": "1", "username": "ana@example.org", "fullName": "Ana Reis" });
        assert_eq!(answer.json(), view);
        assert_eq!((answer.header("authorization"), answer.header("location")), (None, None));
        let [created] = &app.events_of("lyceum.auth.UserCreated.v1")[..] else { panic!("one account") };
        assert_eq!(
            (&created.data["display_name"], &created.data["roles"]),
            (&json!("Ana Reis"), &json!(["reader"]))
        );
        let signed_in = login(app, &with("ana@example.org", STRONG)).expect(200);
        assert_eq!(signed_in.json(), view);
        let said = claims(&signed_in);
        assert_eq!((&said["sub"], &said["roles"]), (&json!("1,ana@example.org"), &json!("READER")));
        sign_in(app, "ana@example.org", STRONG).expect(200);
        app.explain().assert_indexed(&SMALL[..1]);
    });
}

#[test]
fn a_registration_that_is_repeated_with_its_key_happens_once() {
    App::new(&SERVICE).on_each_database(|app| {
        app.on_call("passwords", play_passwords);
        let send =
            || app.anonymous().post(REGISTER).json(&body(&json!({}))).key("k1").send().expect(200).json();
        assert_eq!(send(), send());
        assert_eq!(app.events_of("lyceum.auth.UserCreated.v1").len(), 1);
    });
}

#[test]
fn a_username_that_is_taken_is_409_also_in_another_case() {
    App::new(&SERVICE).on_each_database(|app| {
        call(app, &json!({})).expect(200);
        for username in ["ana@example.org", "ANA@example.org"] {
            let told = call(app, &json!({ "username": username })).expect(409).json();
            assert_eq!(told["message"], "Conflict");
            let keys =
                |at: usize| told["details"][at].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!([keys(0), keys(1)], [["message"], ["error"]]);
        }
    });
}

#[test]
fn a_name_with_a_forbidden_word_or_sign_and_a_weak_password_are_400_with_one_text() {
    App::new(&SERVICE).on_each_database(|app| {
        for (changes, expected) in [
            (json!({ "name": "Ana Batman" }), "forbidden word"),
            (json!({ "name": "Marisol Reis" }), "forbidden word"),
            (json!({ "name": "DEMONIOS" }), "forbidden word"),
            (json!({ "name": "Ana_Reis" }), "apostrophes and hyphens alone"),
            (json!({ "password": "password1" }), "upper-case"),
        ] {
            let told = refusal(call(app, &changes));
            assert!(told.contains(expected), "{changes}: {told}");
        }
        assert!(app.events().is_empty());
    });
}

#[test]
fn which_names_are_forbidden_is_a_setting() {
    App::new(&SERVICE).on_each_database(|app| {
        app.on_call("passwords", play_passwords);
        app.configure("forbidden_names", "Reis");
        let post = |changes| app.anonymous().post(REGISTER).json(&body(&changes)).send();
        refusal(post(json!({})));
        post(json!({ "name": "Ana Batman" })).expect(200);
    });
}

#[test]
fn fields_that_are_missing_or_blank_are_400_and_named() {
    App::new(&SERVICE).on_each_database(|app| {
        for (changes, expected) in [
            (json!({ "username": "ana" }), vec!["username"]),
            (json!({ "username": null }), vec!["username"]),
            (json!({ "password": " " }), vec!["password"]),
            (json!({ "name": "" }), vec!["name"]),
            (json!({ "username": "", "password": null, "name": null }), vec!["username", "password", "name"]),
        ] {
            assert_eq!(wrong_fields(&call(app, &changes)), expected, "{changes}");
        }
    });
}

#[test]
fn another_role_is_200_without_a_body_and_makes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        for role in ["ADMIN", "reader", ""] {
            let answer = call(app, &json!({ "role": role })).expect(200);
            assert_eq!(answer.text(), "");
        }
        login(app, &with("ana@example.org", STRONG)).expect(401);
        assert!(app.events().is_empty());
    });
}

#[test]
fn no_role_is_401_to_nobody_and_403_to_somebody_without_a_body() {
    App::new(&SERVICE).on_each_database(|app| {
        let answer = call(app, &json!({ "role": null })).expect(401);
        assert_eq!((answer.text(), answer.header("www-authenticate")), ("", Some("Bearer")));
        let somebody = app.as_role(Role::Reader).post(REGISTER).json(&body(&json!({ "role": null }))).send();
        assert_eq!(somebody.expect(403).text(), "");
    });
}

#[test]
fn nobody_registers_as_a_librarian_unless_that_is_opened() {
    App::new(&SERVICE).on_each_database(|app| {
        for setting in ["closed", "", "yes"] {
            app.configure(SWITCH, setting);
            let told = call(app, &json!({ "role": "LIBRARIAN" })).expect(403).json();
            assert_eq!(told["message"], "Access denied!", "{setting}");
        }
        assert!(app.events().is_empty());
    });
}

#[test]
fn a_librarian_who_registered_is_one_on_the_older_face_alone() {
    App::new(&SERVICE).on_each_database(|app| {
        app.configure(SWITCH, "open");
        call(app, &json!({ "role": "LIBRARIAN" })).expect(200);
        let said = claims(&login(app, &with("ana@example.org", STRONG)).expect(200));
        assert_eq!(said["roles"], "LIBRARIAN");
        let own = sign_in(app, "ana@example.org", STRONG).expect(200).json();
        let payload = own["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
        let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        assert_eq!(payload["roles"], json!(["reader"]));
    });
}
