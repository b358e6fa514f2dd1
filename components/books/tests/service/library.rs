//! What a client of the older library sends and is told of books: each row of its contract, case by case.

mod change;
mod create;
mod external;
mod lending;
mod list;
mod photo;
mod search;
mod show;
mod successor;

use lyceum_kit::ids;
use lyceum_kit::prelude::{Method, Uuid};
use lyceum_testing::library::{
    OlderFace, SITE, Sent, form, is_empty, multipart, rows_served, told, told_as_conflict,
    told_by_the_framework, told_in_a_sentence,
};
use lyceum_testing::{Call, Event};

use super::*;

const BOOKS: &str = "/api/books";
const FACE: OlderFace = OlderFace(BOOKS, "/legacy/books");
const ISBN: &str = "9782826012092";

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
    "PUT `/books/{isbn}`": create {
        a_new_book_is_answered_with_version_0_and_an_address_in_which_the_isbn_is_twice,
        whatever_is_wrong_is_400_without_a_body,
        a_wrong_photo_and_an_author_without_a_number_are_400_with_a_body,
        authors_that_are_unknown_are_left_out,
        authors_are_a_repeated_field_or_one_with_commas,
        an_isbn_of_ten_digits_stays_one,
        json_is_no_form_and_so_400,
        others_than_librarians_are_refused_without_a_body,
    }
    "PATCH `/books/{isbn}`": change {
        a_change_is_answered_with_the_next_version,
        a_change_without_a_version_or_with_a_wrong_photo_is_400,
        whatever_else_is_wrong_is_409,
        a_change_of_nothing_keeps_the_version,
        json_is_no_form_and_changes_nothing,
        what_only_the_modern_face_knows_stays,
        a_photo_is_replaced,
        others_than_librarians_are_refused_without_a_body,
    }
    "GET `/books/{isbn}`": show {
        a_book_is_shown_with_nulls_links_and_version,
        an_unknown_book_is_404,
        a_book_that_the_client_has_is_304,
        a_description_keeps_formatting_and_nothing_else_of_html,
        an_authors_new_name_is_not_that_on_the_book,
        others_than_librarians_and_readers_are_refused_without_a_body,
    }
    "GET `/books?title&genre&authorName`": list {
        one_of_title_genre_and_author_is_enough,
        none_is_404_also_without_any_parameter,
        signs_of_patterns_are_signs,
        a_book_without_an_isbn_is_not_there,
        others_than_librarians_and_readers_are_refused_without_a_body,
    }
    "POST `/books/search`": search {
        all_that_is_given_has_to_hold_and_blank_is_nothing,
        pages_are_numbered_from_1,
        a_page_before_the_first_is_400,
        nothing_found_is_an_empty_list,
        others_than_librarians_and_readers_are_refused_without_a_body,
    }
    "GET `/books/top5`": lending {
        the_books_that_were_lent_most_in_a_year_are_at_the_top,
        others_are_refused_without_a_body,
    }
    "GET `/books/suggestions`": lending {
        a_reader_is_advised_the_two_newest_books_of_each_genre_that_they_like,
        who_is_no_reader_or_likes_nothing_is_told_404,
        others_are_refused_without_a_body,
    }
    "GET `/books/{isbn}/avgDuration`": lending {
        the_average_duration_has_one_decimal,
        the_duration_of_an_unknown_book_is_404,
        others_are_refused_without_a_body,
    }
    "GET `/books/{isbn}/photo`": photo {
        a_photo_is_read_as_the_type_that_its_name_said,
        no_photo_is_200_without_a_body,
        the_photo_of_an_unknown_book_is_404,
    }
    "DELETE `/books/{isbn}/photo`": photo {
        a_photo_is_taken_away,
        no_photo_to_take_away_is_404_without_a_body,
        others_than_librarians_are_refused_without_a_body,
    }
    "GET `/books/external/search?title=`": external {
        books_of_the_api_are_a_bare_array_for_administrators,
        nothing_is_found_without_an_api_or_if_it_fails,
        others_than_administrators_are_refused_without_a_body,
    }
    "GET `/authors/{n}/books`": list {
        the_books_of_an_author_are_listed_for_readers_alone,
        the_books_of_an_unknown_author_are_404,
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
    let mut served = rows_served("8. Books", "/books");
    served.extend(rows_served("7. Authors", "/authors/{n}/books"));
    assert_eq!(served, rows().iter().map(|(row, _)| *row).collect::<Vec<_>>());
}

fn ask<'a>(app: &'a App, role: Role, method: Method, path: &str) -> Call<'a> {
    FACE.ask(app, role, method, path)
}

fn get(app: &App, path: &str) -> Answer {
    ask(app, Role::Reader, Method::GET, path).send()
}

fn put(app: &App, isbn: &str, (media_type, body): Sent) -> Answer {
    ask(app, Role::Librarian, Method::PUT, &format!("{BOOKS}/{isbn}")).body(&media_type, body).send()
}

fn patch(app: &App, isbn: &str, version: &str, (media_type, body): Sent) -> Answer {
    let call = ask(app, Role::Librarian, Method::PATCH, &format!("{BOOKS}/{isbn}"));
    call.if_match(version).body(&media_type, body).send()
}

/// An author's event, of the number in `sequence` if it is the first.
fn author(app: &App, number: i64, name: &str) -> Uuid {
    let id = ids::new();
    app.deliver(&named(id, "AuthorAdded", number, name, 1)).unwrap();
    id
}

fn named(id: Uuid, kind: &str, number: i64, name: &str, sequence: u64) -> Event {
    let data = json!({
        "author_id": id, "number": number, "name": name, "sort_name": name, "variants": [], "birth_year": null,
        "death_year": null, "viaf": null, "isni": null, "orcid": null,
        "added_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z",
    });
    Event::new(&format!("lyceum.authors.{kind}.v1"), data).about("author", &id.to_string(), sequence)
}

fn genre(app: &App, name: &str) -> Uuid {
    let id = ids::new();
    let data = json!({
        "genre_id": id, "name": name, "parent_id": null, "archived": false, "added_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new("lyceum.genres.GenreAdded.v1", data).about("genre", &id.to_string(), 1)).unwrap();
    id
}

/// Two authors and two genres, and nothing else.
fn shelves(app: &App) {
    author(app, 1, "Ana Maria");
    author(app, 2, "Bento Santos");
    genre(app, "Infantil");
    genre(app, "Drama");
}

/// A book by the first author.
fn book(app: &App, isbn: &str, title: &str) -> Value {
    put(app, isbn, form(&[("title", title), ("genre", "Infantil"), ("authors", "1")])).expect(201).json()
}

/// Refused by the rule of the path for all but readers and librarians.
fn staff_and_readers(method: &Method, path: &str) {
    let app = App::new(&SERVICE).sqlite();
    FACE.refused_to_others_than(&app, &[Role::Librarian, Role::Reader], method, path);
}
