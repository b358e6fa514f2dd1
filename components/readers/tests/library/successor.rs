//! What clients of the library's successor ask of readers: they send JSON, and could see everybody without signing in.

use lyceum_testing::As;

use super::*;

const ADDED: &str = "lyceum.readers.ReaderAdded.v1";
const SWITCH: &str = "library_open_readers";

/// At an address of the successor.
fn next<'a>(caller: &As<'a>, method: Method, path: &str) -> Call<'a> {
    FACE.by(caller, method, path).header("lyceum-library", "successor")
}

fn good() -> Value {
    json!({
        "username": "ana@example.org", "password": STRONG, "fullName": "Ana Maria", "birthDate": "2000-01-31",
        "phoneNumber": "912345678", "gdpr": true, "marketing": true, "thirdParty": false,
        "interestList": ["Drama"], "photo": null, "unknown": 1,
    })
}

fn but(member: &str, value: Value) -> Value {
    let mut body = good();
    body[member] = value;
    body
}

fn post(app: &App, body: &Value) -> Answer {
    let call = next(&app.anonymous(), Method::POST, READERS).header("x-correlation-id", "a-client/1");
    call.json(body).send()
}

#[test]
fn a_new_reader_is_taken_with_202_and_no_body_and_signs_in() {
    on_each(|app| {
        let auth = auth_beside(app);
        let answer = post(app, &good());
        is_empty(&answer, 202);
        assert_eq!(answer.header("x-correlation-id"), Some("a-client/1"));
        assert_eq!((answer.header("location"), answer.header("etag")), (None, None));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(older_sign_in(&auth, "ana@example.org", STRONG).0, 200);
        let shown = get(app, &format!("{READERS}/2026/1")).expect(200).json();
        assert_eq!((&shown["fullName"], &shown["interestList"]), (&json!("Ana Maria"), &json!(["Drama"])));
        assert_eq!(
            (&shown["marketingConsent"], &shown["thirdPartySharingConsent"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(app.events_of(ADDED).len(), 1);
    });
}

#[test]
fn the_same_request_again_by_its_key_is_taken_again_and_makes_nobody_else() {
    on_each(|app| {
        let _auth = auth_beside(app);
        for _ in 0..2 {
            let call = next(&app.anonymous(), Method::POST, READERS).key("0001-a-key-of-a-client");
            is_empty(&call.json(&good()).send(), 202);
        }
        assert_eq!(app.events_of(ADDED).len(), 1);
    });
}

#[test]
fn what_breaks_a_rule_is_refused_as_it_is_for_the_librarys_own_clients() {
    on_each(|app| {
        let _auth = auth_beside(app);
        let details =
            told(&post(app, &but("username", json!("ana"))), 400, "Method argument validation failed");
        assert_eq!(details[0]["field"], "username");
        for (member, value) in
            [("gdpr", json!(false)), ("birthDate", json!("2020-01-01")), ("password", json!("weak"))]
        {
            told_in_a_sentence(&post(app, &but(member, value)), 400, "Bad Request");
        }
        told_in_a_sentence(&post(app, &but("interestList", json!(["Cookery"]))), 404, "Not found");
        post(app, &but("gdpr", json!("true"))).expect(202);
        told_as_conflict(&post(app, &good()));
        assert_eq!(app.events_of(ADDED).len(), 1);
        let (kind, body) = form(&[("username", "ana@example.org")]);
        let form = next(&app.anonymous(), Method::POST, READERS).body(&kind, body).send();
        told_by_the_framework(&form, 415);
    });
}

/// What nobody is refused who isn't signed in, once it is open: the path and what is answered.
const OPEN: [(Method, &str, u16); 6] = [
    (Method::GET, "/api/readers", 200),
    (Method::GET, "/api/readers?phoneNumber=9", 404),
    (Method::GET, "/api/readers/2026/1", 200),
    (Method::GET, "/api/readers/2026/1/photo", 404),
    (Method::GET, "/api/readers/top5", 200),
    (Method::POST, "/api/readers/search", 200),
];

fn asked(caller: &As<'_>, method: &Method, path: &str) -> Answer {
    let call = next(caller, method.clone(), path);
    let call = if *method == Method::POST { call.json(&json!({})) } else { call };
    call.send()
}

#[test]
fn readers_are_closed_to_who_is_not_signed_in_until_the_operator_opens_them() {
    on_each(|app| {
        reader(app, "Ana");
        for value in ["closed", "", "yes"] {
            app.configure(SWITCH, value);
            for (method, path, _) in &OPEN {
                is_empty(&asked(&app.anonymous(), method, path), 401);
            }
        }
        app.configure(SWITCH, "open");
        for (method, path, status) in &OPEN {
            asked(&app.anonymous(), method, path).expect(*status);
        }
        let all = next(&app.anonymous(), Method::GET, READERS).send().expect(200).json();
        assert_eq!(all.as_array().map(Vec::len), Some(1));
        // What is somebody's own is nobody's.
        for (method, path) in [(Method::GET, "/api/readers/photo"), (Method::PATCH, READERS)] {
            is_empty(&next(&app.anonymous(), method, path).if_match("0").send(), 401);
        }
    });
}

#[test]
fn what_is_open_to_the_successors_clients_is_closed_at_the_librarys_own_addresses() {
    let app = on_sqlite();
    let ana = reader(&app, "Ana");
    app.configure(SWITCH, "open");
    for (method, path, _) in &OPEN {
        let call = FACE.by(&app.anonymous(), method.clone(), path);
        is_empty(&if *method == Method::POST { call.json(&json!({})) } else { call }.send(), 401);
    }
    // A reader sees themselves, there as here.
    let own = next(&app.as_user(&ana.user_id).with_role(Role::Reader), Method::GET, READERS).send();
    assert_eq!(own.expect(200).json()["readerNumber"], ana.number);
}
