//! PATCH /readers

use super::auth::Way;
use super::*;

pub(super) const CHANGED: &str = "lyceum.readers.ReaderChanged.v1";

pub(super) fn patch(app: &App, reader: &Added, version: &str, fields: &[(&str, &str)]) -> Answer {
    let (media_type, body) = form(fields);
    own(app, reader, Method::PATCH, READERS).if_match(version).body(&media_type, body).send()
}

pub(super) fn shown(app: &App, reader: &Added) -> (Value, String) {
    let answer = own(app, reader, Method::GET, READERS).send().expect(200);
    (answer.json(), answer.tag().to_owned())
}

/// A reader who signs in at auth, too.
pub(super) fn registered(app: &App) -> Added {
    let fields = [
        ("username", "ada@example.org"),
        ("password", STRONG),
        ("fullName", "Ada"),
        ("birthDate", "2000-01-31"),
        ("phoneNumber", "912345678"),
        ("gdpr", "true"),
    ];
    let (media_type, body) = form(&fields);
    FACE.by(&app.anonymous(), Method::POST, READERS).body(&media_type, body).send().expect(201);
    let list = app.as_role(Role::Librarian).get("/api/v1/readers").send().expect(200).json();
    let text = |name: &str| list["items"][0][name].as_str().unwrap().to_owned();
    Added { number: text("number"), user_id: text("user_id"), id: text("id") }
}

#[test]
pub(super) fn a_change_is_answered_with_the_next_version() {
    on_each(|app| {
        let ada = added(app, "Ada", &json!({ "category": "staff" }));
        let change = [("phoneNumber", "212345678"), ("interestList", "Poetry,Drama"), ("marketing", "true")];
        let answer = patch(app, &ada, "0", &change).expect(200);
        let changes = json!({ "phoneNumber": "212345678", "interestList": ["Poetry", "Drama"], "marketingConsent": true });
        let expected = view(&ada, "Ada", &changes);
        assert_eq!(
            (answer.json(), answer.tag(), answer.header("location")),
            (expected.clone(), "\"1\"", None)
        );
        assert_eq!(shown(app, &ada), (expected, "\"1\"".to_owned()));
        assert_eq!(app.events_of(CHANGED).len(), 1);
        // What only the modern face knows stays.
        let path = format!("/api/v1/readers/{}", ada.id);
        let modern = app.as_role(Role::Librarian).get(&path).send().expect(200).json();
        assert_eq!((&modern["category"], &modern["status"]), (&json!("staff"), &json!("active")));
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn consents_that_are_not_given_are_taken_back() {
    on_each(|app| {
        let ada = added(app, "Ada", &json!({ "marketing_consent": true, "third_party_consent": true }));
        let view =
            patch(app, &ada, "0", &[("phoneNumber", "212345678"), ("thirdParty", "true")]).expect(200).json();
        let consents =
            |view: &Value| [view["marketingConsent"].clone(), view["thirdPartySharingConsent"].clone()];
        assert_eq!(consents(&view), [false, true]);
        let answer = patch(app, &ada, "1", &[]).expect(200);
        assert_eq!((consents(&answer.json()), answer.tag()), ([json!(false), json!(false)], "\"2\""));
    });
}

#[test]
pub(super) fn another_day_of_birth_is_shown_once_and_not_kept() {
    on_each(|app| {
        let ada = reader(app, "Ada");
        let answer = patch(app, &ada, "0", &[("birthDate", "1990-12-10")]).expect(200);
        assert_eq!((answer.json()["birthDate"].as_str(), answer.tag()), (Some("1990-12-10"), "\"0\""));
        let change = [("birthDate", "1990-12-10"), ("phoneNumber", "212345678")];
        let answer = patch(app, &ada, "0", &change).expect(200);
        assert_eq!((answer.json()["birthDate"].as_str(), answer.tag()), (Some("1990-12-10"), "\"1\""));
        assert_eq!(shown(app, &ada).0["birthDate"], "2000-01-31");
        for bad in ["10-12-1990", "2020-01-01"] {
            told_in_a_sentence(&patch(app, &ada, "1", &[("birthDate", bad)]), 400, "Bad Request");
        }
    });
}

#[test]
pub(super) fn a_change_without_a_version_is_400_before_anything_else() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    let (media_type, body) = form(&[("phoneNumber", "1")]);
    let nobody = FACE.ask(&app, Role::Reader, Method::PATCH, READERS);
    for call in [own(&app, &ada, Method::PATCH, READERS), nobody] {
        let call = call.body(&media_type, body.clone());
        told_by_the_framework(&call.clone().send(), 400);
        for version in ["", "null"] {
            told_by_the_framework(&call.clone().if_match(version).send(), 400);
        }
    }
}

#[test]
pub(super) fn a_version_is_taken_bare_or_quoted_and_anything_else_is_400() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    for version in ["*", "W/\"0\"", "first", "\"0\", \"1\""] {
        told_in_a_sentence(&patch(&app, &ada, version, &[]), 400, "Bad Request");
    }
    patch(&app, &ada, "0", &[("phoneNumber", "212345678")]).expect(200);
    patch(&app, &ada, "\"1\"", &[("phoneNumber", "912345678")]).expect(200);
}

#[test]
pub(super) fn a_stale_version_is_409_and_changes_nothing_at_auth_either() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        let called = auth.called.borrow().len();
        for version in ["1", "\"7\"", "-1"] {
            let change = [("password", "Another1"), ("phoneNumber", "212345678")];
            told_as_conflict(&patch(app, &ada, version, &change));
        }
        assert_eq!(auth.called.borrow().len(), called);
        // Somebody else is quicker by a moment.
        app.commit_first("UPDATE readers SET version = version + 1");
        told_as_conflict(&patch(app, &ada, "0", &[("phoneNumber", "212345678")]));
        assert_eq!(shown(app, &ada).0["phoneNumber"], "912345678");
    });
}

#[test]
pub(super) fn a_change_of_nothing_keeps_the_version() {
    on_each(|app| {
        let ada = added(app, "Ada", &json!({ "phone_number": "912345678", "interests": ["Poetry"] }));
        let json = json!({ "phoneNumber": "212345678" }).to_string();
        let same =
            [("phoneNumber", "912345678"), ("interestList", "Poetry"), ("gdpr", "false"), ("other", "x")];
        let (media_type, body) = form(&same);
        for (media_type, body) in [
            form(&[]),
            (media_type, body),
            form(&[("fullName", "Ada"), ("username", "ada@example.org")]),
            ("application/json".to_owned(), json.into_bytes()),
        ] {
            let call = own(app, &ada, Method::PATCH, READERS).if_match("0").body(&media_type, body);
            let answer = call.send().expect(200);
            assert_eq!((answer.json(), answer.tag()), shown_as(&ada));
        }
        assert_eq!(app.events_of(CHANGED).len(), 0);
    });
}

fn shown_as(ada: &Added) -> (Value, &'static str) {
    (view(ada, "Ada", &json!({ "phoneNumber": "912345678", "interestList": ["Poetry"] })), "\"0\"")
}

#[test]
pub(super) fn another_name_address_and_password_are_those_that_the_reader_signs_in_with() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        let change = [("username", "byron@example.org"), ("password", "Another1"), ("fullName", "Ada Byron")];
        let answer = patch(app, &ada, "0", &change).expect(200);
        let view = answer.json();
        assert_eq!((&view["email"], &view["fullName"]), (&json!("byron@example.org"), &json!("Ada Byron")));
        assert_eq!((shown(app, &ada).0, answer.tag()), (view, "\"1\""));
        assert_eq!(older_sign_in(&auth, "ada@example.org", STRONG).0, 401);
        assert_eq!(older_sign_in(&auth, "byron@example.org", STRONG).0, 401);
        let (status, user, roles) = older_sign_in(&auth, "byron@example.org", "Another1");
        assert_eq!((status, user["fullName"].as_str(), roles.as_str()), (200, Some("Ada Byron"), "READER"));
        // A password alone changes nothing of the record.
        let answer = patch(app, &ada, "1", &[("password", STRONG)]).expect(200);
        assert_eq!(answer.tag(), "\"1\"");
        assert_eq!(older_sign_in(&auth, "byron@example.org", STRONG).0, 200);
    });
}

#[test]
pub(super) fn a_username_that_is_taken_is_409_and_changes_nothing() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        assert_eq!(auth.register("ben@example.org"), 201);
        let change = [("username", "ben@example.org"), ("password", "Another1"), ("fullName", "Ben")];
        told_as_conflict(&patch(app, &ada, "0", &change));
        let (view, tag) = shown(app, &ada);
        assert_eq!(
            (&view["email"], &view["fullName"], tag.as_str()),
            (&json!("ada@example.org"), &json!("Ada"), "\"0\"")
        );
        assert_eq!(older_sign_in(&auth, "ada@example.org", STRONG).0, 200);
    });
}

#[test]
pub(super) fn what_breaks_a_rule_is_400_and_forbidden_names_are_not_asked_for_again() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        app.configure("forbidden_names", "Sol");
        for (name, value) in
            [("fullName", "Ada <b>"), ("phoneNumber", "312345678"), ("password", "password1")]
        {
            told_in_a_sentence(&patch(app, &ada, "0", &[(name, value)]), 400, "Bad Request");
        }
        for (name, value) in [
            ("fullName", " "),
            ("phoneNumber", ""),
            ("username", "ada"),
            ("username", ""),
            ("thirdParty", "x"),
        ] {
            let details =
                told(&patch(app, &ada, "0", &[(name, value)]), 400, "Method argument validation failed");
            assert_eq!(
                [&details[0]["objectName"], &details[0]["field"], &details[0]["rejectedValue"]],
                [&json!("updateReaderRequest"), &json!(name), &json!(value)]
            );
        }
        assert_eq!(shown(app, &ada).1, "\"0\"");
        patch(app, &ada, "0", &[("fullName", "Marisol")]).expect(200);
        assert_eq!(older_sign_in(&auth, "ada@example.org", STRONG).1["fullName"], "Marisol");
    });
}

#[test]
pub(super) fn an_interest_that_is_no_genre_is_404_and_so_is_no_record() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    told_in_a_sentence(&patch(&app, &ada, "0", &[("interestList", "Cookery")]), 404, "Not found");
    let (media_type, body) = form(&[]);
    let nobody = FACE.ask(&app, Role::Reader, Method::PATCH, READERS).if_match("0");
    told_in_a_sentence(&nobody.body(&media_type, body).send(), 404, "Not found");
}

#[test]
pub(super) fn nothing_changes_while_auth_is_away() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        auth.set_way(Way::Away, 0);
        let change = [("password", "Another1"), ("phoneNumber", "212345678")];
        told_by_the_framework(&patch(app, &ada, "0", &change), 503);
        assert_eq!(shown(app, &ada).0["phoneNumber"], "912345678");
        // What is readers' own needs nobody else.
        patch(app, &ada, "0", &[("phoneNumber", "212345678")]).expect(200);
        // Where the answer is lost, the same change again does what is left.
        auth.set_way(Way::AnswersLost, 0);
        told_by_the_framework(&patch(app, &ada, "1", &[("username", "byron@example.org")]), 504);
        auth.set_way(Way::Open, 0);
        patch(app, &ada, "1", &[("username", "byron@example.org")]).expect(200);
        assert_eq!(older_sign_in(&auth, "byron@example.org", STRONG).0, 200);
    });
}

#[test]
pub(super) fn others_than_readers_are_refused_without_a_body() {
    only_for(&[Role::Reader], &Method::PATCH, READERS);
}
