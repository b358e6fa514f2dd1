//! What a client of the older library sends and is told of lendings: each row of its contract, case by case.

mod lend;
mod lists;
mod read;
mod returns;

use http::Method;
use lyceum_kit::outside::{HEADER, announce};
use lyceum_testing::Call;
use lyceum_testing::library::{SITE, rows_served, told, told_by_the_framework, told_in_a_sentence};

use super::*;

const LENDINGS: &str = "/api/lendings";
const ISBN: &str = "9780141439587";
/// The same book.
const ISBN_10: &str = "0141439580";

/// The rows of the contract's tables that are served, and the tests of each.
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
    "GET `/readers/{y}/{s}/lendings?isbn=&returned=`": lists {
        a_readers_own_lendings_of_a_book_are_a_bare_array,
        lendings_of_another_reader_are_403_with_a_body_and_of_nobody_404,
        a_book_that_the_reader_never_had_is_404_and_no_isbn_400,
        others_than_readers_are_refused_without_a_body,
    }
    "POST `/lendings`": lend {
        a_lending_is_answered_with_version_0_its_address_and_nulls,
        a_book_is_lent_any_number_of_times_while_the_catalogue_has_no_copy_of_it,
        a_free_copy_is_lent_if_the_catalogue_has_one,
        a_reader_with_three_lendings_or_a_late_one_is_403_before_the_book_is_looked_for,
        an_unknown_book_or_reader_is_404,
        a_field_that_is_missing_or_of_another_length_is_400_and_named,
        others_than_librarians_are_refused_without_a_body,
    }
    "GET `/lendings/{y}/{s}`": read {
        a_lending_is_shown_to_librarians_and_its_reader_with_version_and_address,
        another_readers_lending_is_403_with_a_body,
        an_unknown_lending_is_404_and_a_number_that_cannot_be_400,
        others_than_librarians_and_readers_are_refused_without_a_body,
        days_and_fines_are_counted_while_a_book_is_out_and_null_where_there_are_none,
    }
    "PATCH `/lendings/{y}/{s}`": returns {
        a_book_is_given_back_by_its_reader_and_the_fine_is_kept,
        a_return_without_a_version_is_400_and_with_a_stale_one_409,
        a_second_return_is_400,
        a_long_commentary_or_no_body_is_400,
        an_unknown_lending_is_404_and_another_readers_403,
        others_than_readers_are_refused_without_a_body,
    }
    "GET `/lendings/avgDuration`": returns {
        the_average_duration_has_one_decimal_and_is_400_before_anything_was_returned,
        others_than_librarians_are_refused_the_average_without_a_body,
    }
    "GET `/lendings/overdue`": lists {
        late_lendings_are_listed_by_their_last_day_as_the_body_says,
        no_late_lending_is_404,
        a_page_that_is_absent_or_out_of_range_is_400_and_no_json_415,
        others_than_librarians_are_refused_without_a_body,
    }
    "POST `/lendings/search`": lists {
        a_search_finds_what_fulfils_all_of_it_by_number,
        a_search_for_nothing_finds_the_last_ten_days,
        a_day_or_page_that_is_wrong_is_400,
        others_than_librarians_are_refused_without_a_body,
    }
}

/// The contract's rows are in docs/coverage.md, which says of each whether it is served.
#[test]
fn every_row_of_the_contract_that_is_served_has_its_tests() {
    let sections = ["9. Readers", "10. Lendings"].map(|section| rows_served(section, "/lendings"));
    // Not those that have it in their test's path.
    let served: Vec<String> =
        sections.into_iter().flatten().filter(|route| route.contains("/lendings")).collect();
    for (row, cases) in rows() {
        println!("{row}");
        for case in cases {
            println!("    {case}");
        }
    }
    assert_eq!(served, rows().iter().map(|(row, _)| *row).collect::<Vec<_>>());
}

/// A request as the gateway hands it on.
fn by<'a>(caller: &As<'a>, method: Method, path: &str) -> Call<'a> {
    let inside = path.replacen("/api/", "/legacy/", 1);
    let asked = path.split('?').next().unwrap();
    let rewritten = if asked.starts_with(LENDINGS) {
        (LENDINGS, "/legacy/lendings")
    } else {
        (asked, inside.split('?').next().unwrap())
    };
    let origin = announce(SITE, asked, Some(rewritten)).unwrap();
    caller.call(method, &inside).header(HEADER.as_str(), origin.to_str().unwrap())
}

/// As a librarian.
fn ask<'a>(app: &'a App, method: Method, path: &str) -> Call<'a> {
    by(&librarian(app), method, path)
}

/// As this reader.
fn own<'a>(app: &'a App, reader: &Reader, method: Method, path: &str) -> Call<'a> {
    by(&app.as_user(&reader.user.to_string()).with_role(Role::Reader), method, path)
}

/// The catalogue has this book, with its ISBN.
fn emma(app: &App) -> Uuid {
    let book = ids::new();
    let data = json!({
        "book_id": book, "isbn": ISBN, "title": "Emma", "subtitle": null, "contributors": [], "genre_id": null,
        "subjects": [], "language": null, "year": null, "publisher": null, "added_at": now(),
    });
    app.deliver(&Event::new("lyceum.books.BookAdded.v1", data).about("book", &book.to_string(), 1)).unwrap();
    book
}

/// A reader whose number is as long as those of the library.
fn numbered(app: &App, number: &str) -> Reader {
    let (id, user) = (ids::new(), ids::new());
    let data = json!({
        "reader_id": id, "number": number, "user_id": user, "full_name": "Ada", "email": "ada@example.org",
        "category": "adult", "birth_date": "1990-12-10", "phone_number": null, "interests": [], "blocked": false,
        "added_at": now(),
    });
    app.deliver(&Event::new("lyceum.readers.ReaderAdded.v1", data).about("reader", &id.to_string(), 1))
        .unwrap();
    Reader { id, user, number: number.to_owned() }
}

fn borrow(app: &App, reader: &Reader) -> Answer {
    let wanted = json!({ "isbn": ISBN, "readerNumber": reader.number });
    ask(app, Method::POST, LENDINGS).json(&wanted).send()
}

/// The number of a lending that began.
fn borrowed(app: &App, reader: &Reader) -> String {
    borrow(app, reader).expect(201).json()["lendingNumber"].as_str().unwrap().to_owned()
}

fn give(app: &App, reader: &Reader, number: &str, version: &str) -> Answer {
    let call = own(app, reader, Method::PATCH, &format!("{LENDINGS}/{number}"));
    call.if_match(version).body("application/json", "{}").send()
}

/// What is asked is refused to everybody but these, without a body.
fn refused_to_others_than(app: &App, allowed: &[Role], method: &Method, path: &str) {
    let nobody = by(&app.anonymous(), method.clone(), path).send().expect(401);
    assert_eq!((nobody.text(), nobody.header("www-authenticate")), ("", Some("Bearer")));
    for role in [Role::Student, Role::Instructor, Role::Reader, Role::Librarian, Role::Admin] {
        if allowed.contains(&role) {
            continue;
        }
        let answer = by(&app.as_role(role), method.clone(), path).send().expect(403);
        assert_eq!(
            (answer.text(), answer.header("www-authenticate")),
            ("", Some("Bearer error=\"insufficient_scope\""))
        );
    }
}
