//! What an administrator of the older library is told of users: each row of its contract, case by case.

use std::{cell::RefCell, rc::Rc};

use http::Method;
use lyceum_testing::Call;
use lyceum_testing::library::{OlderFace, rows_served, told, told_as_conflict, told_in_a_sentence};

use super::library::{claims, login, with, wrong_fields};
use super::library_registration::{STRONG, body, call, refusal};
use super::*;

const USERS: &str = "/api/admin/users";
const SEARCH: &str = "/api/admin/users/search";
const FACE: OlderFace = OlderFace(USERS, "/legacy/admin/users");
const ANA: &str = "ana@example.org";

/// The rows of the contract's table that are served, and the tests of each.
macro_rules! rows {
    ($($row:literal: { $($case:ident),+ $(,)? })+) => {
        fn rows() -> Vec<(&'static str, Vec<&'static str>)> {
            // A case that isn't there doesn't compile.
            $($(let _: fn() = $case;)+)+
            vec![$(($row, vec![$(stringify!($case)),+])),+]
        }
    };
}
rows! {
    "POST `/api/admin/users`": {
        a_user_whom_an_administrator_adds_is_answered_with_200_also_as_librarian,
        a_user_who_can_not_be_added_is_refused_as_at_registration,
        others_than_administrators_are_refused_without_a_body,
    }
    "PUT `/api/admin/users/{id}`": {
        a_user_is_changed_in_what_is_given_and_signed_out,
        authorities_that_are_not_given_are_taken_away,
        nobody_is_made_an_administrator_who_is_none_of_lyceums,
        a_change_that_breaks_a_rule_is_400_a_taken_name_409_and_of_nobody_404,
    }
    "DELETE `/api/admin/users/{id}`": {
        a_disabled_user_is_not_erased_and_is_neither_shown_nor_signed_in,
        a_user_is_not_disabled_where_the_keeper_of_profiles_refuses_or_is_away,
    }
    "GET `/api/admin/users/{id}`": {
        a_user_is_shown_by_their_number,
    }
    "POST `/api/admin/users/search`": {
        users_are_found_newest_first_a_page_at_a_time_and_by_their_whole_name,
        a_full_name_and_a_page_before_the_first_are_400,
    }
}

/// The contract's rows are in docs/coverage.md, which says of each whether it is served.
#[test]
fn every_row_about_users_that_is_served_has_its_tests() {
    for (row, cases) in rows() {
        println!("{row}");
        for case in cases {
            println!("    {case}");
        }
    }
    let served = rows_served("2. Authentication", "/api/admin/users");
    assert_eq!(served, rows().iter().map(|(row, _)| *row).collect::<Vec<_>>());
}

fn ask<'a>(app: &'a App, method: Method, path: &str) -> Call<'a> {
    app.on_call("passwords", play_passwords);
    FACE.ask(app, Role::Admin, method, path)
}

fn get(app: &App, number: u32) -> Answer {
    ask(app, Method::GET, &format!("{USERS}/{number}")).send()
}

fn put(app: &App, number: u32, change: &Value) -> Answer {
    ask(app, Method::PUT, &format!("{USERS}/{number}")).json(change).send()
}

/// A reader who registered by themselves, as the first user.
fn ana(app: &App) -> Value {
    let view = call(app, &json!({})).expect(200).json();
    assert_eq!(view, json!({ "id": "1", "username": ANA, "fullName": "Ana Reis" }));
    view
}

fn roles(app: &App, username: &str, password: &str) -> Value {
    claims(&login(app, &with(username, password)).expect(200))["roles"].clone()
}

#[test]
fn a_user_whom_an_administrator_adds_is_answered_with_200_also_as_librarian() {
    App::new(&SERVICE).on_each_database(|app| {
        app.configure("forbidden_names", "Batman");
        for (at, role) in ["READER", "LIBRARIAN"].into_iter().enumerate() {
            let username = format!("{role}@example.org").to_lowercase();
            let user = body(&json!({ "username": username, "role": role }));
            let answer = ask(app, Method::POST, USERS).json(&user).send().expect(200);
            let view = json!({ "id": (at + 1).to_string(), "username": username, "fullName": "Ana Reis" });
            assert_eq!((answer.json(), answer.header("location")), (view, None));
            assert_eq!(roles(app, &username, STRONG), role);
        }
    });
}

#[test]
fn a_user_who_can_not_be_added_is_refused_as_at_registration() {
    App::new(&SERVICE).on_each_database(|app| {
        ana(app);
        let post = |changes: Value| ask(app, Method::POST, USERS).json(&body(&changes)).send();
        told_as_conflict(&post(json!({})));
        for changes in [json!({ "name": "Ana Batman" }), json!({ "password": "password1" })] {
            refusal(post(changes));
        }
        assert_eq!(
            wrong_fields(&post(json!({ "username": "ana", "password": null }))),
            ["username", "password"]
        );
        assert_eq!(wrong_fields(&post(json!({ "role": null }))), ["role"]);
        assert_eq!(post(json!({ "role": "ADMIN", "username": "eve@example.org" })).expect(200).text(), "");
        assert_eq!(app.events_of("lyceum.auth.UserCreated.v1").len(), 1);
    });
}

#[test]
fn a_user_is_shown_by_their_number() {
    App::new(&SERVICE).on_each_database(|app| {
        let view = ana(app);
        assert_eq!(get(app, 1).expect(200).json(), view);
        told_in_a_sentence(&get(app, 2), 404, "Not found");
        let wrong = ask(app, Method::GET, &format!("{USERS}/x")).send();
        told(&wrong, 400, "Method argument type mismatch");
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_user_is_changed_in_what_is_given_and_signed_out() {
    App::new(&SERVICE).on_each_database(|app| {
        ana(app);
        let session = claims(&login(app, &with(ANA, STRONG)).expect(200))["sid"].as_str().unwrap().to_owned();
        let change = json!({ "name": "Ana Dias", "authorities": ["READER"], "other": 1 });
        let view = json!({ "id": "1", "username": ANA, "fullName": "Ana Dias" });
        assert_eq!(put(app, 1, &change).expect(200).json(), view);
        assert_eq!(get(app, 1).expect(200).json(), view);
        app.as_service("gateway").get(&format!("/sessions/{session}")).send().expect(404);
        let change =
            json!({ "username": "dias@example.org", "password": "Another1", "authorities": ["LIBRARIAN"] });
        assert_eq!(put(app, 1, &change).expect(200).json()["username"], "dias@example.org");
        login(app, &with(ANA, STRONG)).expect(401);
        login(app, &with("dias@example.org", STRONG)).expect(401);
        assert_eq!(roles(app, "dias@example.org", "Another1"), "LIBRARIAN");
        assert!(app.events_of("lyceum.auth.RolesChanged.v1").is_empty(), "they count on this face alone");
    });
}

#[test]
fn authorities_that_are_not_given_are_taken_away() {
    App::new(&SERVICE).on_each_database(|app| {
        ana(app);
        put(app, 1, &json!({ "authorities": ["LIBRARIAN", "READER"] })).expect(200);
        assert_eq!(roles(app, ANA, STRONG), "LIBRARIAN READER");
        put(app, 1, &json!({ "name": "Ana Dias" })).expect(200);
        assert_eq!(roles(app, ANA, STRONG), "");
        put(app, 1, &json!({ "authorities": [] })).expect(200);
        assert_eq!(roles(app, ANA, STRONG), "");
    });
}

#[test]
fn nobody_is_made_an_administrator_who_is_none_of_lyceums() {
    App::new(&SERVICE).on_each_database(|app| {
        ana(app);
        for name in ["ADMIN", "reader", "OTHER"] {
            told_in_a_sentence(&put(app, 1, &json!({ "authorities": [name] })), 400, "Bad Request");
        }
        assert_eq!(roles(app, ANA, STRONG), "READER");
    });
}

#[test]
fn a_change_that_breaks_a_rule_is_400_a_taken_name_409_and_of_nobody_404() {
    App::new(&SERVICE).on_each_database(|app| {
        ana(app);
        register(app, "ben@example.org", "k1");
        told_as_conflict(&put(app, 1, &json!({ "username": "BEN@example.org" })));
        put(app, 1, &json!({ "username": ANA, "authorities": ["READER"] })).expect(200);
        assert_eq!(wrong_fields(&put(app, 1, &json!({ "username": "ana" }))), ["username"]);
        for change in [json!({ "name": "Marisol" }), json!({ "name": "A!" }), json!({ "password": "weak" })] {
            told_in_a_sentence(&put(app, 1, &change), 400, "Bad Request");
        }
        told_in_a_sentence(&put(app, 9, &json!({})), 404, "Not found");
        assert_eq!(roles(app, ANA, STRONG), "READER");
    });
}

#[test]
fn a_disabled_user_is_not_erased_and_is_neither_shown_nor_signed_in() {
    App::new(&SERVICE).on_each_database(|app| {
        let view = ana(app);
        let session = claims(&login(app, &with(ANA, STRONG)).expect(200))["sid"].as_str().unwrap().to_owned();
        let told = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&told);
        app.on_call("users", move |request| {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            seen.borrow_mut().push((request.uri().path().to_owned(), body));
            answered(&json!({ "user_id": "x", "status": "inactive" }))
        });
        let path = format!("{USERS}/1");
        let answer = ask(app, Method::DELETE, &path).if_match("nonsense").send().expect(200);
        assert_eq!(answer.json(), view);
        let [(asked, body)] = &told.borrow()[..] else { panic!("one call") };
        assert!(asked.starts_with("/api/v1/users/") && asked.ends_with("/status"), "{asked}");
        assert_eq!(*body, json!({ "status": "inactive" }));
        told_in_a_sentence(&get(app, 1), 404, "Not found");
        told_in_a_sentence(&put(app, 1, &json!({})), 404, "Not found");
        told_in_a_sentence(&ask(app, Method::DELETE, &path).send(), 404, "Not found");
        let refused = login(app, &with(ANA, STRONG)).expect(401);
        assert_eq!((refused.text(), refused.header("www-authenticate")), ("", Some("Bearer")));
        app.as_service("gateway").get(&format!("/sessions/{session}")).send().expect(404);
        told_as_conflict(&call(app, &json!({})));
    });
}

#[test]
fn a_user_is_not_disabled_where_the_keeper_of_profiles_refuses_or_is_away() {
    App::new(&SERVICE).on_each_database(|app| {
        ana(app);
        let path = format!("{USERS}/1");
        for (status, code, expected) in [(409, "OWN_STATUS", 409), (404, "NOT_FOUND", 503), (503, "X", 503)] {
            app.on_call("users", move |_| {
                let problem = json!({ "error_code": code, "detail": "No." });
                let mut response = answered(&problem);
                *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
                response
            });
            ask(app, Method::DELETE, &path).send().expect(expected);
            get(app, 1).expect(200);
        }
        login(app, &with(ANA, STRONG)).expect(200);
    });
}

fn found(app: &App, body: &Value) -> Vec<String> {
    let list = ask(app, Method::POST, SEARCH).json(body).send().expect(200).json();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["username"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn users_are_found_newest_first_a_page_at_a_time_and_by_their_whole_name() {
    App::new(&SERVICE).on_each_database(|app| {
        let start = lyceum_kit::clock::Timestamp::from_micros(1_767_225_600_000_000);
        app.stop_clock(start);
        ana(app);
        // These have no number yet.
        for (at, email) in ["ben@example.org", "cleo@example.org"].into_iter().enumerate() {
            app.stop_clock(start.plus(std::time::Duration::from_secs(at as u64 + 1)));
            register(app, email, email);
        }
        assert_eq!(found(app, &json!({})), ["cleo@example.org", "ben@example.org", ANA]);
        let page =
            |number: u32| json!({ "page": { "number": number, "limit": 2 }, "query": { "username": " " } });
        assert_eq!(found(app, &page(1)), ["cleo@example.org", "ben@example.org"]);
        assert_eq!(found(app, &page(2)), [ANA]);
        assert_eq!(found(app, &json!({ "query": { "username": "BEN@example.org" } })), ["ben@example.org"]);
        for nobody in ["ben", "b@example.org"] {
            assert!(found(app, &json!({ "query": { "username": nobody } })).is_empty());
        }
        let list = ask(app, Method::POST, SEARCH).json(&json!({})).send().expect(200).json();
        assert_eq!(list["items"][2], json!({ "id": "1", "username": ANA, "fullName": "Ana Reis" }));
        let number = list["items"][0]["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(get(app, number).expect(200).json(), list["items"][0]);
        // A page of an index, and those before it.
        app.explain().assert_indexed(&["ORDER BY a.created_at DESC"]);
    });
}

#[test]
fn a_full_name_and_a_page_before_the_first_are_400() {
    let app = App::new(&SERVICE).sqlite();
    ana(&app);
    let query = json!({ "query": { "username": ANA, "fullName": "Ana" } });
    for body in [query, json!({ "page": { "number": 0, "limit": 1 } })] {
        told_in_a_sentence(&ask(&app, Method::POST, SEARCH).json(&body).send(), 400, "Bad Request");
    }
    assert_eq!(found(&app, &json!({ "query": { "username": ANA, "fullName": " " } })), [ANA]);
}

#[test]
fn others_than_administrators_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    ana(&app);
    for (method, path) in [
        (Method::POST, USERS),
        (Method::POST, SEARCH),
        (Method::GET, "/api/admin/users/1"),
        (Method::PUT, "/api/admin/users/1"),
        (Method::DELETE, "/api/admin/users/1"),
    ] {
        FACE.refused_to_others_than(&app, &[], &method, path);
    }
}
