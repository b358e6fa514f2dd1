//! POST /readers

use super::auth::Way;
use super::*;

const ADDED: &str = "lyceum.readers.ReaderAdded.v1";

fn fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("username", "ana@example.org"),
        ("password", STRONG),
        ("fullName", "Ana Maria"),
        ("birthDate", "2000-01-31"),
        ("phoneNumber", "912345678"),
        ("gdpr", "true"),
    ]
}

/// The fields, with another value of this one, or without it.
fn with(name: &'static str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    let mut changed: Vec<_> = fields().into_iter().filter(|(field, _)| *field != name).collect();
    changed.extend(value.map(|value| (name, value)));
    changed
}

fn post(app: &App, (media_type, body): Sent) -> Answer {
    FACE.by(&app.anonymous(), Method::POST, READERS).body(&media_type, body).send()
}

fn nobody_was_added(app: &App) {
    assert_eq!((get(app, READERS).expect(200).json(), app.events_of(ADDED).len()), (json!([]), 0));
}

#[test]
pub(super) fn a_new_reader_is_answered_with_version_0_and_their_address_and_signs_in() {
    on_each(|app| {
        let auth = auth_beside(app);
        let answer = post(app, form(&fields())).expect(201);
        let expected = json!({
            "readerNumber": "2026/1", "email": "ana@example.org", "fullName": "Ana Maria",
            "birthDate": "2000-01-31", "phoneNumber": "912345678",
            "photo": format!("{SITE}/api/readers/2026/1/photo"), "gdprConsent": true,
            "marketingConsent": false, "thirdPartySharingConsent": false, "interestList": [],
        });
        let address = format!("{SITE}/api/readers/2026/1");
        assert_eq!((answer.json(), answer.tag()), (expected.clone(), "\"0\""));
        assert_eq!(answer.header("location"), Some(address.as_str()));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        // They sign in as older clients do, and are readers.
        let (status, user, roles) = older_sign_in(&auth, "ana@example.org", STRONG);
        assert_eq!((status, user["fullName"].as_str(), roles.as_str()), (200, Some("Ana Maria"), "READER"));
        let [created] = &auth.created()[..] else { panic!("one account") };
        let user_id = created["user_id"].as_str().unwrap().to_owned();
        let own = FACE.by(&app.as_user(&user_id).with_role(Role::Reader), Method::GET, READERS).send();
        assert_eq!(own.expect(200).json(), expected);
        assert_eq!(app.events_of(ADDED).len(), 1);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn interests_and_consents_are_taken_in_every_form_that_clients_send_them() {
    on_each(|app| {
        let _auth = auth_beside(app);
        let forms: [&[(&str, &str)]; 4] = [
            &[("interestList", "Drama,Poetry"), ("marketing", "true"), ("thirdParty", "on")],
            &[
                ("interestList", "Drama"),
                ("interestList", "Poetry"),
                ("marketing", "1"),
                ("thirdParty", "yes"),
            ],
            &[
                ("interestList[]", "Drama"),
                ("interestList[]", "Poetry"),
                ("marketing", "TRUE"),
                ("thirdParty", "1"),
            ],
            &[
                ("interestList[0]", "Drama"),
                ("interestList[1]", "Poetry"),
                ("marketing", "on"),
                ("thirdParty", "true"),
            ],
        ];
        for (at, more) in forms.into_iter().enumerate() {
            let username = format!("ana{at}@example.org");
            let mut sent = with("username", None);
            sent.push(("username", &username));
            sent.extend_from_slice(more);
            let view = post(app, form(&sent)).expect(201).json();
            assert_eq!(view["interestList"], json!(["Drama", "Poetry"]));
            let consents = (&view["marketingConsent"], &view["thirdPartySharingConsent"]);
            assert_eq!(consents, (&json!(true), &json!(true)));
        }
    });
}

#[test]
pub(super) fn a_field_that_is_missing_blank_or_of_another_kind_is_400_and_named() {
    let app = on_sqlite();
    for (name, value, rejected) in [
        ("username", None, "null"),
        ("username", Some("ana"), "ana"),
        ("password", Some(" "), " "),
        ("fullName", Some(""), ""),
        ("birthDate", None, "null"),
        ("phoneNumber", None, "null"),
        ("marketing", Some("perhaps"), "perhaps"),
    ] {
        let details = told(&post(&app, form(&with(name, value))), 400, "Method argument validation failed");
        let [detail] = details.as_slice() else { panic!("{details:?}") };
        assert_eq!(
            [&detail["objectName"], &detail["field"], &detail["rejectedValue"]],
            [&json!("createReaderRequest"), &json!(name), &json!(rejected)]
        );
        assert!(detail["errorMessage"].is_string());
    }
    nobody_was_added(&app);
}

#[test]
pub(super) fn json_is_no_form_and_so_400() {
    let app = on_sqlite();
    let body = json!({ "username": "ana@example.org", "password": STRONG, "fullName": "Ana", "gdpr": true });
    let answer = post(&app, ("application/json".to_owned(), body.to_string().into_bytes()));
    assert_eq!(told(&answer, 400, "Method argument validation failed").len(), 5);
    nobody_was_added(&app);
}

#[test]
pub(super) fn what_breaks_a_rule_is_400_with_one_text() {
    on_each(|app| {
        let _auth = auth_beside(app);
        app.configure("forbidden_names", "Sol Demónio");
        for (name, value) in [
            ("fullName", Some("Ana <b>")),
            ("fullName", Some("Marisol Reis")),
            ("fullName", Some("DEMONIOS")),
            ("birthDate", Some("31-01-2000")),
            ("birthDate", Some("2014-01-02")),
            ("phoneNumber", Some("312345678")),
            ("phoneNumber", Some("91234567")),
            ("gdpr", Some("false")),
            ("gdpr", None),
            ("password", Some("password1")),
            ("password", Some("Pass1")),
        ] {
            told_in_a_sentence(&post(app, form(&with(name, value))), 400, "Bad Request");
        }
        nobody_was_added(app);
        // On their twelfth birthday somebody is old enough, unless the operator says another age.
        app.configure("minimum_age", "13");
        told_in_a_sentence(&post(app, form(&with("birthDate", Some("2014-01-01")))), 400, "Bad Request");
        app.configure("minimum_age", "12");
        post(app, form(&with("birthDate", Some("2014-01-01")))).expect(201);
    });
}

#[test]
pub(super) fn a_username_that_is_taken_is_409_also_if_it_is_taken_at_this_moment() {
    on_each(|app| {
        let auth = auth_beside(app);
        post(app, form(&fields())).expect(201);
        for username in ["ana@example.org", "ANA@example.org"] {
            told_as_conflict(&post(app, form(&with("username", Some(username)))));
        }
        auth.before("PUT reservations", |app| assert_eq!(auth::register(app, "eve@example.org"), 201));
        told_as_conflict(&post(app, form(&with("username", Some("eve@example.org")))));
        assert_eq!(app.events_of(ADDED).len(), 1);
    });
}

#[test]
pub(super) fn an_interest_that_is_no_genre_is_404() {
    on_each(|app| {
        let mut sent = fields();
        sent.extend([("interestList", "Poetry"), ("interestList", "Cookery")]);
        told_in_a_sentence(&post(app, form(&sent)), 404, "Not found");
        // A broken rule is told first.
        sent.push(("gdpr", "false"));
        told(&post(app, form(&sent)), 400, "Method argument validation failed");
        nobody_was_added(app);
    });
}

#[test]
pub(super) fn nothing_begins_while_auth_is_away() {
    on_each(|app| {
        let auth = auth_beside(app);
        auth.set_way(Way::Away, 0);
        told_by_the_framework(&post(app, form(&fields())), 503);
        nobody_was_added(app);
        auth.set_way(Way::Open, 0);
        post(app, form(&fields())).expect(201);
    });
}

#[test]
pub(super) fn what_auth_leaves_half_done_is_202_without_a_body_and_both_are_there_later() {
    for (way, spared) in [(Way::Away, 1), (Way::Away, 2), (Way::AnswersLost, 1), (Way::AnswersLost, 2)] {
        on_each(|app| {
            let auth = auth_beside(app);
            auth.set_way(way, spared);
            let answer = post(app, form(&fields())).expect(202);
            assert_eq!((answer.text(), answer.header("location"), answer.header("etag")), ("", None, None));
            nobody_was_added(app);
            auth.set_way(Way::Open, 0);
            let later = Timestamp::from_micros(NEW_YEAR + 660_000_000);
            app.stop_clock(later);
            auth.stop_clock(later);
            app.tick("minute").unwrap();
            assert_eq!(get(app, "/api/readers/2026/1").expect(200).json()["email"], "ana@example.org");
            assert_eq!(older_sign_in(&auth, "ana@example.org", STRONG).0, 200);
            told_as_conflict(&post(app, form(&fields())));
            assert_eq!(app.events_of(ADDED).len(), 1);
        });
    }
}

#[test]
pub(super) fn the_same_request_again_by_its_key_gets_the_same_answer() {
    on_each(|app| {
        let auth = auth_beside(app);
        let keyed = |fields: &[(&str, &str)], key: &str| {
            let (media_type, body) = form(fields);
            FACE.by(&app.anonymous(), Method::POST, READERS).body(&media_type, body).key(key).send()
        };
        let first = keyed(&fields(), "k1").expect(201);
        let again = keyed(&fields(), "k1").expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!((app.events_of(ADDED).len(), auth.created().len()), (1, 1));
        // Another request is another matter, with this key or with one of its own.
        told_as_conflict(&keyed(&fields(), "k2"));
        told_in_a_sentence(&keyed(&with("phoneNumber", Some("212345678")), "k1"), 400, "Bad Request");
    });
}

#[test]
pub(super) fn a_request_that_was_cut_off_is_answered_when_it_comes_again_by_its_key() {
    on_each(|app| {
        let auth = auth_beside(app);
        let again = || {
            let (media_type, body) = form(&fields());
            FACE.by(&app.anonymous(), Method::POST, READERS).body(&media_type, body).key("k1").send()
        };
        // Auth goes away when the account is reserved, and the record is not there yet.
        auth.set_way(Way::Away, 2);
        again().expect(202);
        again().expect(202);
        auth.set_way(Way::Open, 0);
        let later = Timestamp::from_micros(NEW_YEAR + 660_000_000);
        app.stop_clock(later);
        auth.stop_clock(later);
        app.tick("minute").unwrap();
        let view = again().expect(201).json();
        assert_eq!((&view["readerNumber"], &view["email"]), (&json!("2026/1"), &json!("ana@example.org")));
        assert_eq!(again().expect(201).json(), view);
        assert_eq!((app.events_of(ADDED).len(), auth.created().len()), (1, 1));
    });
}

#[test]
pub(super) fn anybody_may_register_signed_in_or_not() {
    let app = on_sqlite();
    let _auth = auth_beside(&app);
    for (at, role) in Role::ALL.into_iter().enumerate() {
        let username = format!("ana{at}@example.org");
        let mut sent = with("username", None);
        sent.push(("username", &username));
        let (media_type, body) = form(&sent);
        FACE.ask(&app, role, Method::POST, READERS).body(&media_type, body).send().expect(201);
    }
}
