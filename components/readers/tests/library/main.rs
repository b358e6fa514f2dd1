//! What a client of the older library sends and is told of readers, on SQLite and on PostgreSQL: each row of its contract,
//! case by case.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

#[allow(dead_code, reason = "not all of it is needed here")]
#[path = "../account/auth.rs"]
mod auth;
mod change;
mod create;
mod find;
mod photo;
mod show;
mod successor;
mod top;
mod username;

use std::{cell::Cell, rc::Rc};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Method, Response};
use lyceum_kit::clock::Timestamp;
use lyceum_kit::ids;
use lyceum_kit::role::Role;
use lyceum_readers::SERVICE;
use lyceum_testing::library::{
    OlderFace, SITE, Sent, form, is_empty, multipart, rows_served, told, told_as_conflict,
    told_by_the_framework, told_in_a_sentence,
};
use lyceum_testing::{Answer, App, Call, Event};
use serde_json::{Value, json};

use self::auth::Auth;

const READERS: &str = "/api/readers";
const FACE: OlderFace = OlderFace(READERS, "/legacy/readers");
/// 2026-01-01.
const NEW_YEAR: i64 = 1_767_225_600_000_000;

/// The rows of the contract's table that are served, and the tests of each.
macro_rules! rows {
    ($($row:literal: $module:ident { $($case:ident),+ $(,)? })+) => {
        fn rows() -> Vec<(&'static str, Vec<&'static str>)> {
            // A case that isn't there doesn't compile.
            $($(let _: fn() = $module::$case;)+)+
            vec![$(($row, vec![$(stringify!($case)),+])),+]
        }
    };
}
rows! {
    "POST `/readers`": create {
        a_new_reader_is_answered_with_version_0_and_their_address_and_signs_in,
        interests_and_consents_are_taken_in_every_form_that_clients_send_them,
        a_field_that_is_missing_blank_or_of_another_kind_is_400_and_named,
        json_is_no_form_and_so_400,
        what_breaks_a_rule_is_400_with_one_text,
        a_username_that_is_taken_is_409_also_if_it_is_taken_at_this_moment,
        an_interest_that_is_no_genre_is_404,
        nothing_begins_while_auth_is_away,
        what_auth_leaves_half_done_is_202_without_a_body_and_both_are_there_later,
        the_same_request_again_by_its_key_gets_the_same_answer,
        a_request_that_was_cut_off_is_answered_when_it_comes_again_by_its_key,
        anybody_may_register_signed_in_or_not,
    }
    "GET `/readers`": show {
        a_reader_is_shown_their_own_record_with_version_and_nulls,
        an_account_without_a_record_is_404,
        a_record_that_the_client_has_is_304_and_if_match_is_ignored,
    }
    "GET `/readers`": find {
        a_librarian_gets_a_bare_array_of_all_with_a_tag_of_its_content,
        others_than_librarians_and_readers_are_refused_without_a_body,
    }
    "GET `/readers?phoneNumber=`": find {
        readers_are_found_by_their_whole_telephone_number,
        a_reader_who_asks_by_telephone_is_told_no_names,
        a_telephone_number_that_is_nobodys_is_404,
    }
    "GET `/readers?name=`": find {
        a_librarian_finds_readers_by_a_part_of_the_name_whatever_its_case,
        a_name_that_is_nobodys_is_404,
        a_reader_who_asks_for_a_name_is_403_with_a_body,
    }
    "GET `/readers/{y}/{s}`": show {
        a_librarian_is_shown_a_reader_with_version_and_a_null_quote,
        the_quote_is_one_of_what_happened_in_the_month_of_birth,
        a_source_of_quotes_that_fails_or_is_slow_or_odd_never_fails_the_reader,
        an_unknown_number_is_404_and_no_number_400,
        others_than_librarians_are_refused_without_a_body,
    }
    "PATCH `/readers`": change {
        a_change_is_answered_with_the_next_version,
        consents_that_are_not_given_are_taken_back,
        another_day_of_birth_is_shown_once_and_not_kept,
        a_change_without_a_version_is_400_before_anything_else,
        a_version_is_taken_bare_or_quoted_and_anything_else_is_400,
        a_stale_version_is_409_and_changes_nothing_at_auth_either,
        a_change_of_nothing_keeps_the_version,
        another_name_address_and_password_are_those_that_the_reader_signs_in_with,
        a_username_that_is_taken_is_409_and_changes_nothing,
        what_breaks_a_rule_is_400_and_forbidden_names_are_not_asked_for_again,
        an_interest_that_is_no_genre_is_404_and_so_is_no_record,
        nothing_changes_while_auth_is_away,
        others_than_readers_are_refused_without_a_body,
    }
    "GET `/readers/photo`": photo {
        a_photo_is_read_as_the_type_that_its_name_said,
        no_photo_is_404_without_a_body,
        a_photo_that_is_gone_is_200_without_a_body,
        who_has_no_record_is_told_404,
        others_than_readers_are_refused_their_own_photo_without_a_body,
    }
    "GET `/readers/{y}/{s}/photo`": photo {
        a_photo_is_read_as_the_type_that_its_name_said,
        no_photo_is_404_without_a_body,
        another_readers_photo_is_403_whether_there_is_one_or_not,
        the_photo_of_an_unknown_reader_is_404,
        others_than_librarians_and_readers_are_refused_without_a_body,
    }
    "DELETE `/readers/photo`": photo {
        a_photo_is_taken_away_whatever_if_match_says_and_its_content_goes,
        no_photo_to_take_away_is_404_with_a_body,
        who_has_no_record_is_told_404,
    }
    "GET `/readers/top5`": top {
        those_who_borrow_most_are_at_the_top,
        nothing_lent_is_an_empty_list,
        others_than_librarians_are_refused_without_a_body,
    }
    "GET `/readers/top5ByGenre?genre&startDate&endDate`": top {
        those_who_borrow_most_of_a_genre_are_shown_with_their_counts,
        lendings_count_from_the_first_day_to_the_last,
        nobody_who_borrowed_the_genre_is_404,
        a_parameter_that_is_missing_or_no_day_or_days_the_wrong_way_round_are_400,
        others_than_librarians_are_refused_without_a_body,
    }
    "POST `/readers/search`": find {
        a_search_finds_whom_one_of_name_address_and_telephone_fits,
        a_search_for_nothing_finds_all_by_name_a_page_at_a_time,
        a_search_that_finds_nobody_is_404,
        a_page_before_the_first_is_400,
        others_than_librarians_are_refused_the_search_without_a_body,
    }
}

/// The contract's rows are in docs/coverage.md, which says of each whether it is served.
#[test]
fn every_row_of_the_contract_that_is_served_has_its_tests() {
    for (row, cases) in rows() {
        println!("{row}");
        for case in cases {
            println!("    {case}");
        }
    }
    let served = rows_served("9. Readers", "/readers");
    // Lendings answers this one.
    let served: Vec<&str> =
        served.iter().map(String::as_str).filter(|row| !row.contains("/lendings")).collect();
    assert_eq!(served, rows().iter().map(|(row, _)| *row).collect::<Vec<_>>());
}

/// Two genres, and nobody.
fn on_each(test: impl Fn(&App)) {
    App::new(&SERVICE).on_each_database(|app| {
        library(app);
        test(app);
    });
}

/// The same on SQLite alone, where nothing depends on the database.
fn on_sqlite() -> App {
    let app = App::new(&SERVICE).sqlite();
    library(&app);
    app
}

fn library(app: &App) {
    app.stop_clock(Timestamp::from_micros(NEW_YEAR));
    // Nobody has or owes anything.
    app.on_call("lendings", |_| Response::builder().status(204).body(Bytes::new()).unwrap());
    for (name, genre_id) in [("Poetry", POETRY), ("Drama", DRAMA)] {
        let data = json!({
            "genre_id": genre_id, "name": name, "parent_id": null, "archived": false,
            "added_at": "2026-01-01T00:00:00Z",
        });
        app.deliver(&Event::new("lyceum.genres.GenreAdded.v1", data).about("genre", genre_id, 1)).unwrap();
    }
}

const POETRY: &str = "01890000-0000-7000-8000-000000000101";
const DRAMA: &str = "01890000-0000-7000-8000-000000000102";

/// A reader as they were added by the modern face.
struct Added {
    number: String,
    user_id: String,
    id: String,
}

impl Added {
    /// Where clients know them to be.
    fn path(&self) -> String {
        format!("{READERS}/{}", self.number)
    }
}

thread_local! {
    static MOMENT: Cell<i64> = const { Cell::new(0) };
}

fn address(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', ".").replace('ë', "e"))
}

/// Adds a reader, a moment after the one before.
fn added(app: &App, name: &str, changes: &Value) -> Added {
    let user_id = ids::new().to_string();
    MOMENT.with(|moment| moment.set(moment.get() + 1_000_000));
    app.stop_clock(Timestamp::from_micros(NEW_YEAR + MOMENT.get()));
    let email = address(name);
    let data = json!({
        "user_id": user_id, "email": email, "display_name": name, "roles": ["reader"],
        "created_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", &user_id, 1)).unwrap();
    let mut fields = json!({
        "user_id": user_id, "full_name": name, "email": email, "birth_date": "2000-01-31", "gdpr_consent": true,
    });
    fields.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap_or_default());
    let view = app.as_role(Role::Librarian).post("/api/v1/readers").json(&fields).send().expect(201).json();
    let text = |name: &str| view[name].as_str().unwrap().to_owned();
    Added { number: text("number"), user_id, id: text("id") }
}

fn reader(app: &App, name: &str) -> Added {
    added(app, name, &Value::Null)
}

/// As a librarian.
fn ask<'a>(app: &'a App, method: Method, path: &str) -> Call<'a> {
    FACE.ask(app, Role::Librarian, method, path)
}

fn get(app: &App, path: &str) -> Answer {
    ask(app, Method::GET, path).send()
}

/// As this reader.
fn own<'a>(app: &'a App, reader: &Added, method: Method, path: &str) -> Call<'a> {
    FACE.by(&app.as_user(&reader.user_id).with_role(Role::Reader), method, path)
}

/// What is told of a reader alone, but for what differs.
fn view(reader: &Added, name: &str, changes: &Value) -> Value {
    let mut view = json!({
        "readerNumber": reader.number, "email": address(name),
        "fullName": name, "birthDate": "2000-01-31", "phoneNumber": null,
        "photo": format!("{SITE}/api/readers/{}/photo", reader.number), "gdprConsent": true,
        "marketingConsent": false, "thirdPartySharingConsent": false, "interestList": [],
    });
    view.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap_or_default());
    view
}

/// The same in a list.
fn listed(reader: &Added, name: &str, changes: &Value) -> Value {
    let mut view = view(reader, name, changes);
    view["photo"] = Value::Null;
    view
}

fn names(answer: Answer) -> Vec<String> {
    let list = answer.expect(200).json();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["fullName"].as_str().unwrap().to_owned()).collect()
}

/// Refused by the rule of the path for all but these.
fn only_for(roles: &[Role], method: &Method, path: &str) {
    FACE.refused_to_others_than(&on_sqlite(), roles, method, path);
}

/// By the older library's rule.
const STRONG: &str = "Password1";

/// The real service auth, which the app calls.
fn auth_beside(app: &App) -> Rc<Auth> {
    let auth = Auth::start();
    auth.stop_clock(Timestamp::from_micros(NEW_YEAR));
    let answering = Rc::clone(&auth);
    app.on_send("auth", move |request| answering.answer(request));
    auth
}

/// What somebody is told who signs in as older clients do: the status, the user, and the roles in the token.
fn older_sign_in(auth: &Auth, username: &str, password: &str) -> (u16, Value, String) {
    let body = json!({ "username": username, "password": password });
    let answer = auth.run(move |app| app.anonymous().post("/legacy/public/login").json(&body).send());
    if answer.status() != 200 {
        return (answer.status(), Value::Null, String::new());
    }
    let payload = answer.header("authorization").unwrap().split('.').nth(1).unwrap();
    let said: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    (200, answer.json(), said["roles"].as_str().unwrap().to_owned())
}
