//! GET /lendings/overdue, POST /lendings/search and GET /readers/{y}/{s}/lendings

use super::*;

const OVERDUE: &str = "/api/lendings/overdue";
const SEARCH: &str = "/api/lendings/search";

fn numbers(lendings: &Value) -> Vec<String> {
    let lendings = lendings.as_array().unwrap().iter();
    lendings.map(|lending| lending["lendingNumber"].as_str().unwrap().to_owned()).collect()
}

fn items(answer: Answer) -> Vec<String> {
    let list = answer.expect(200).json();
    assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["items"]);
    numbers(&list["items"])
}

fn overdue(app: &App, page: &Value) -> Answer {
    ask(app, Method::GET, OVERDUE).json(page).send()
}

fn search(app: &App, asked: &Value) -> Answer {
    ask(app, Method::POST, SEARCH).json(asked).send()
}

#[test]
pub(super) fn a_readers_own_lendings_of_a_book_are_a_bare_array() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        emma(app);
        let (one, other) = (numbered(app, "2026/1"), numbered(app, "2026/2"));
        for reader in [&one, &other, &one] {
            borrowed(app, reader);
        }
        give(app, &one, "2026/1", "0").expect(200);
        let of_one = |query: &str| {
            let path = format!("/api/readers/2026/1/lendings?isbn={query}");
            own(app, &one, Method::GET, &path).send()
        };
        let all = of_one(ISBN).expect(200);
        assert_eq!(numbers(&all.json()), ["2026/1", "2026/3"]);
        assert_eq!(all.json()[1]["_links"]["self"]["href"], format!("{SITE}{LENDINGS}/2026/3"));
        assert_eq!(all.json()[1]["_links"]["book"]["href"], format!("{SITE}/api/books/{ISBN}"));
        assert!(all.tag().starts_with("\"0"));
        assert_eq!(numbers(&of_one(ISBN_10).expect(200).json()), ["2026/1", "2026/3"]);
        assert_eq!(numbers(&of_one(&format!("{ISBN}&returned=true")).expect(200).json()), ["2026/1"]);
        assert_eq!(numbers(&of_one(&format!("{ISBN}&returned=false")).expect(200).json()), ["2026/3"]);
    });
}

#[test]
pub(super) fn lendings_of_another_reader_are_403_with_a_body_and_of_nobody_404() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    emma(&app);
    let (one, other) = (numbered(&app, "2026/1"), numbered(&app, "2026/2"));
    borrowed(&app, &other);
    let of = |number: &str| {
        own(&app, &one, Method::GET, &format!("/api/readers/{number}/lendings?isbn={ISBN}")).send()
    };
    told_in_a_sentence(&of("2026/2"), 403, "Access denied!");
    told_in_a_sentence(&of("2026/3"), 404, "Not found");
}

#[test]
pub(super) fn a_book_that_the_reader_never_had_is_404_and_no_isbn_400() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    emma(&app);
    let one = numbered(&app, "2026/1");
    let of =
        |query: &str| own(&app, &one, Method::GET, &format!("/api/readers/2026/1/lendings{query}")).send();
    told_in_a_sentence(&of(&format!("?isbn={ISBN}")), 404, "Not found");
    told_in_a_sentence(&of("?isbn=9780140449136"), 404, "Not found");
    told_by_the_framework(&of(""), 400);
    let wrong = told(&of(&format!("?isbn={ISBN}&returned=may%20be")), 400, "Method argument type mismatch");
    let named = [json!({ "paramName": "returned" }), json!({ "paramValue": "may be" })];
    assert_eq!((wrong.len(), &wrong[..2]), (3, &named[..]));
}

#[test]
pub(super) fn others_than_readers_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    let path = format!("/api/readers/2026/1/lendings?isbn={ISBN}");
    refused_to_others_than(&app, &[Role::Reader], &Method::GET, &path);
}

#[test]
pub(super) fn late_lendings_are_listed_by_their_last_day_as_the_body_says() {
    App::new(&SERVICE).on_each_database(|app| {
        emma(app);
        let (one, other) = (numbered(app, "2026/1"), numbered(app, "2026/2"));
        for (day, reader) in
            [("2026-01-07", &one), ("2026-01-05", &other), ("2026-01-06", &one), ("2026-01-08", &other)]
        {
            at(app, &format!("{day}T10:00:00Z"));
            borrowed(app, reader);
        }
        // Due on the 22nd, 20th, 21st and 23rd.
        at(app, "2026-01-23T10:00:00Z");
        assert_eq!(items(overdue(app, &json!({}))), ["2026/2", "2026/3", "2026/1"]);
        assert_eq!(items(overdue(app, &json!({ "number": 2, "limit": 2 }))), ["2026/1"]);
        give(app, &one, "2026/3", "0").expect(200);
        assert_eq!(items(overdue(app, &json!({ "number": 1, "limit": 10 }))), ["2026/2", "2026/1"]);
    });
}

#[test]
pub(super) fn no_late_lending_is_404() {
    let app = App::new(&SERVICE).sqlite();
    at(&app, FIRST_DAY);
    emma(&app);
    borrowed(&app, &numbered(&app, "2026/1"));
    told_in_a_sentence(&overdue(&app, &json!({ "number": 1, "limit": 10 })), 404, "Not found");
}

#[test]
pub(super) fn a_page_that_is_absent_or_out_of_range_is_400_and_no_json_415() {
    let app = App::new(&SERVICE).sqlite();
    for page in
        [json!({ "number": 0 }), json!({ "limit": 0 }), json!({ "limit": 101 }), json!({ "number": -1 })]
    {
        overdue(&app, &page).expect(400);
    }
    let absent = ask(&app, Method::GET, OVERDUE).body("application/json", "").send();
    told_by_the_framework(&absent, 400);
    told_by_the_framework(&ask(&app, Method::GET, OVERDUE).body("text/plain", "{}").send(), 415);
}

#[test]
pub(super) fn a_search_finds_what_fulfils_all_of_it_by_number() {
    App::new(&SERVICE).on_each_database(|app| {
        emma(app);
        let (one, other) = (numbered(app, "2026/1"), numbered(app, "2026/2"));
        for (day, reader) in [("2026-01-05", &one), ("2026-01-06", &other), ("2026-01-07", &one)] {
            at(app, &format!("{day}T10:00:00Z"));
            borrowed(app, reader);
        }
        give(app, &one, "2026/1", "0").expect(200);
        at(app, "2026-06-01T10:00:00Z");
        for (query, found) in [
            (json!({}), ["2026/1", "2026/2", "2026/3"].as_slice()),
            (json!({ "readerNumber": "2026/1", "isbn": "", "startDate": "" }), &["2026/1", "2026/3"]),
            (json!({ "readerNumber": "2026/1", "returned": false }), &["2026/3"]),
            (json!({ "isbn": ISBN_10, "startDate": "2026-01-06" }), &["2026/2", "2026/3"]),
            (json!({ "isbn": ISBN, "startDate": "2026-01-06", "endDate": "2026-01-06" }), &["2026/2"]),
            (json!({ "returned": true }), &["2026/1"]),
            (json!({ "readerNumber": "2026/9" }), &[]),
            (json!({ "isbn": "9780140449136" }), &[]),
        ] {
            assert_eq!(items(search(app, &json!({ "query": query }))), found, "{query}");
        }
        let second = json!({ "page": { "number": 2, "limit": 2 }, "query": {} });
        assert_eq!(items(search(app, &second)), ["2026/3"]);
    });
}

#[test]
pub(super) fn a_search_for_nothing_finds_the_last_ten_days() {
    App::new(&SERVICE).on_each_database(|app| {
        emma(app);
        let one = numbered(app, "2026/1");
        for day in ["2026-01-05", "2026-01-06"] {
            at(app, &format!("{day}T10:00:00Z"));
            borrowed(app, &one);
        }
        at(app, "2026-01-16T10:00:00Z");
        for asked in [json!({}), json!({ "page": null, "query": null })] {
            assert_eq!(items(search(app, &asked)), ["2026/2"], "{asked}");
        }
    });
}

#[test]
pub(super) fn a_day_or_page_that_is_wrong_is_400() {
    let app = App::new(&SERVICE).sqlite();
    for asked in [
        json!({ "query": { "startDate": "2026-1-5" } }),
        json!({ "query": { "endDate": "tomorrow" } }),
        json!({ "page": { "number": 0 } }),
        json!({ "page": { "limit": 101 } }),
    ] {
        told_in_a_sentence(&search(&app, &asked), 400, "Bad Request");
    }
    let wrong = search(&app, &json!({ "query": { "returned": "maybe" } }));
    assert_eq!(told(&wrong, 400, "Method argument validation failed")[0]["field"], "query.returned");
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    refused_to_others_than(&app, &[Role::Librarian], &Method::GET, OVERDUE);
    refused_to_others_than(&app, &[Role::Librarian], &Method::POST, SEARCH);
}
