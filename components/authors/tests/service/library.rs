//! What a client of the older library sends and is told of authors: each row of its contract, case by case.

mod change;
mod coauthors;
mod create;
mod photo;
mod read;
mod successor;
mod top;

use http::Method;
use lyceum_testing::Call;
use lyceum_testing::library::{
    OlderFace, Sent, form, multipart, rows_served, told, told_by_the_framework, told_in_a_sentence,
};

use super::*;

const AUTHORS: &str = "/api/authors";
const FACE: OlderFace = OlderFace(AUTHORS, "/legacy/authors");

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
    "GET `/authors/top5`": top {
        those_whose_books_are_lent_most_are_at_the_top,
        nothing_lent_is_404,
        others_than_librarians_and_readers_are_refused_without_a_body,
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
    for (row, cases) in rows() {
        println!("{row}");
        for case in cases {
            println!("    {case}");
        }
    }
    let served = rows_served("7. Authors", "/authors");
    // Books answers this one, which knows the rest of a book.
    let served: Vec<&str> =
        served.iter().map(String::as_str).filter(|row| *row != "GET `/authors/{n}/books`").collect();
    assert_eq!(served, rows().iter().map(|(row, _)| *row).collect::<Vec<_>>());
}

fn ask<'a>(app: &'a App, role: Role, method: Method, path: &str) -> Call<'a> {
    FACE.ask(app, role, method, path)
}

fn get(app: &App, path: &str) -> Answer {
    ask(app, Role::Reader, Method::GET, path).send()
}

fn post(app: &App, (media_type, body): Sent) -> Answer {
    ask(app, Role::Librarian, Method::POST, AUTHORS).body(&media_type, body).send()
}

fn patch(app: &App, number: i64, version: &str, (media_type, body): Sent) -> Answer {
    let call = ask(app, Role::Librarian, Method::PATCH, &format!("{AUTHORS}/{number}"));
    call.if_match(version).body(&media_type, body).send()
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

fn refused_to_others_than(app: &App, allowed: &[Role], method: &Method, path: &str) {
    FACE.refused_to_others_than(app, allowed, method, path);
}
