//! What a client of the older library sends and is told of authors: each row of its contract, case by case.

mod change;
mod coauthors;
mod create;
mod photo;
mod read;

use http::Method;
use lyceum_kit::outside::{HEADER, announce};
use lyceum_testing::Call;

use super::*;

/// Where clients believe the library to be.
const SITE: &str = "http://library.example:8080";
const AUTHORS: &str = "/api/authors";
const URLENCODED: &str = "application/x-www-form-urlencoded";
const BOUNDARY: &str = "between-the-parts";

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
    "POST `/authors`": create {
        a_new_author_is_answered_with_version_0_and_the_address_of_the_collection,
        a_field_that_is_missing_blank_or_too_long_is_400_and_named,
        json_is_no_form_and_so_400,
        a_name_with_other_signs_than_letters_is_400,
        a_photo_that_is_too_large_empty_or_of_another_type_is_400,
        a_photo_is_kept_and_a_photo_uri_is_not,
        a_biography_keeps_formatting_and_nothing_else_of_html,
        others_than_librarians_are_refused_without_a_body,
    }
    "PATCH `/authors/{n}`": change {
        a_change_is_answered_with_the_next_version,
        a_change_without_a_version_is_400_before_anything_else,
        a_version_is_taken_bare_or_quoted_and_anything_else_is_400,
        a_stale_version_is_409,
        an_unknown_author_is_404,
        a_change_of_nothing_keeps_the_version,
        a_blank_or_too_long_value_is_400,
        a_photo_is_replaced_and_a_wrong_one_refused,
        what_only_the_modern_face_knows_stays,
        others_than_librarians_are_refused_without_a_body,
    }
    "GET `/authors/{n}`": read {
        an_author_is_shown_with_nulls_links_and_version,
        an_unknown_author_is_404_and_no_number_400,
        an_author_that_the_client_has_is_304_and_if_match_is_ignored,
        others_than_librarians_and_readers_are_refused_without_a_body,
    }
    "GET `/authors?name=`": read {
        authors_are_found_by_how_their_name_begins,
        nobody_of_that_name_is_an_empty_list,
        no_name_at_all_is_400,
        a_list_has_a_tag_of_its_content,
    }
    "GET `/authors/{n}/photo`": photo {
        a_photo_is_read_as_the_type_that_its_name_said,
        no_photo_is_200_without_a_body,
        a_photo_that_is_gone_is_200_without_a_body,
        the_photo_of_an_unknown_author_is_404,
    }
    "DELETE `/authors/{n}/photo`": photo {
        a_photo_is_taken_away_whatever_if_match_says,
        no_photo_to_take_away_is_404_without_a_body,
        a_photo_of_an_unknown_author_to_take_away_is_403,
        others_than_librarians_are_refused_without_a_body,
    }
    "GET `/authors/{n}/coauthors`": coauthors {
        an_author_is_shown_with_those_who_wrote_with_them,
        who_wrote_alone_has_an_empty_list,
        the_coauthors_of_an_unknown_author_are_404,
        others_than_readers_are_refused_without_a_body,
    }
}

/// The contract's rows are in docs/coverage.md, which says of each whether it is served.
#[test]
fn every_row_of_the_contract_that_is_served_has_its_tests() {
    let coverage = std::fs::read_to_string("../../docs/coverage.md").unwrap();
    let library = coverage.split("\n## ").find(|part| part.contains("\n### 7. Authors\n")).unwrap();
    let (_, section) = library.split_once("\n### 7. Authors\n").unwrap();
    let named = section.split("\n### ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| "));
    let served: Vec<&str> = named
        .filter(|row| row.contains("/authors") && !row.ends_with("| *open* |"))
        .filter_map(|row| row.split_once(" — ").map(|(route, _)| route))
        .collect();
    for (row, cases) in rows() {
        println!("{row}");
        for case in cases {
            println!("    {case}");
        }
    }
    assert_eq!(served, rows().iter().map(|(row, _)| *row).collect::<Vec<_>>());
}

/// A request as the gateway hands it on.
fn ask<'a>(app: &'a App, role: Role, method: Method, path: &str) -> Call<'a> {
    by(&app.as_role(role), method, path)
}

fn by<'a>(caller: &As<'a>, method: Method, path: &str) -> Call<'a> {
    let inside = path.replacen("/api/", "/legacy/", 1);
    let asked = path.split('?').next().unwrap();
    let origin = announce(SITE, asked, Some((AUTHORS, "/legacy/authors"))).unwrap();
    caller.call(method, &inside).header(HEADER.as_str(), origin.to_str().unwrap())
}

fn get(app: &App, path: &str) -> Answer {
    ask(app, Role::Reader, Method::GET, path).send()
}

fn post(app: &App, (media_type, body): (String, Vec<u8>)) -> Answer {
    ask(app, Role::Librarian, Method::POST, AUTHORS).body(&media_type, body).send()
}

fn patch(app: &App, number: i64, version: &str, (media_type, body): (String, Vec<u8>)) -> Answer {
    let call = ask(app, Role::Librarian, Method::PATCH, &format!("{AUTHORS}/{number}"));
    call.if_match(version).body(&media_type, body).send()
}

/// These fields, as a page in a browser sends them.
fn form(fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(fields);
    (URLENCODED.to_owned(), text.finish().into_bytes())
}

/// These fields and a file called `photo`: its name, its type, its content.
fn multipart(fields: &[(&str, &str)], (file, media_type, content): (&str, &str, &[u8])) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"{file}\"\r\n\
         content-type: {media_type}\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(content);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// An author of the library, whose number is 1 if it is the first one.
fn author(app: &App, name: &str) -> Value {
    post(app, form(&[("name", name), ("bio", "A life.")])).expect(201).json()
}

/// Like [`author`], with a photo.
fn portrayed(app: &App, file: &str, media_type: &str) -> Value {
    let fields = [("name", "Ana"), ("bio", "A life.")];
    post(app, multipart(&fields, (file, media_type, super::photo::PNG))).expect(201).json()
}

/// `{"message", "details"}` and no tag.
fn told(answer: &Answer, status: u16, message: &str) -> Vec<Value> {
    let told = answer.clone().expect(status).json();
    assert_eq!(told["message"], message, "{told}");
    assert_eq!(told.as_object().unwrap().len(), 2, "{told}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!((answer.header("etag"), answer.header("location")), (None, None));
    told["details"].as_array().unwrap().clone()
}

/// One sentence of detail.
fn told_in_a_sentence(answer: &Answer, status: u16, message: &str) {
    let details = told(answer, status, message);
    assert!(matches!(details.as_slice(), [Value::String(_)]), "{details:?}");
}

/// A problem document of the framework's, without anything of Lyceum's.
fn told_by_the_framework(answer: &Answer, status: u16) {
    let problem = answer.clone().expect(status).json();
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let mut members: Vec<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["detail", "instance", "status", "title", "type"]);
    assert_eq!(problem["status"], status);
}

/// What is asked is refused to everybody but these, without a body.
fn refused_to_others_than(app: &App, allowed: &[Role], method: &Method, path: &str) {
    let nobody = by(&app.anonymous(), method.clone(), path).send().expect(401);
    assert_eq!((nobody.text(), nobody.header("www-authenticate")), ("", Some("Bearer")));
    for role in [Role::Student, Role::Instructor, Role::Reader, Role::Librarian] {
        let answer = ask(app, role, method.clone(), path).send();
        if allowed.contains(&role) {
            assert!(!matches!(answer.status(), 401 | 403), "{role:?}: {answer:?}");
        } else {
            let answer = answer.expect(403);
            assert_eq!(
                (answer.text(), answer.header("www-authenticate")),
                ("", Some("Bearer error=\"insufficient_scope\""))
            );
        }
    }
}
