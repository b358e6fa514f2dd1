//! Books of an API on the internet.

use lyceum_kit::http::SendError;
use lyceum_kit::prelude::{Bytes, Request, Response};

use super::*;

const SEARCH: &str = "/api/books/external/search";

fn found(app: &App, title: &str) -> Value {
    ask(app, Role::Admin, Method::GET, &format!("{SEARCH}?title={title}")).send().expect(200).json()
}

#[test]
pub(super) fn books_of_the_api_are_a_bare_array_for_administrators() {
    let app = App::new(&SERVICE).sqlite();
    app.configure("book_api", "https://books.example.org/");
    app.on_call("books.example.org", |request: Request<Bytes>| {
        let uri = request.uri().to_string();
        assert!(uri.starts_with("https://books.example.org/search.json?title=Os+Maias+%26+c&"), "{uri}");
        let answer = json!({ "numFound": 2, "docs": [
            { "title": "Os Maias", "author_name": ["E\u{e7}a", "B"], "isbn": ["9780804429573", "1"], "publisher": ["C"], "key": "/works/1" },
            { "title": "Another" },
        ] });
        Response::new(answer.to_string().into())
    });
    let books = found(&app, "Os%20Maias%20%26%20c");
    let first =
        json!({ "title": "Os Maias", "author": "E\u{e7}a", "isbn": "9780804429573", "publisher": "C" });
    let second = json!({ "title": "Another", "author": null, "isbn": null, "publisher": null });
    assert_eq!(books, json!([first, second]));
}

#[test]
pub(super) fn nothing_is_found_without_an_api_or_if_it_fails() {
    let app = App::new(&SERVICE).sqlite();
    assert_eq!(found(&app, "a"), json!([]));
    app.configure("book_api", "https://books.example.org");
    for answer in [(200, "<html>"), (200, "{}"), (500, ""), (404, "{\"docs\": []}")] {
        app.on_call("books.example.org", move |_| {
            Response::builder().status(answer.0).body(Bytes::from_static(answer.1.as_bytes())).unwrap()
        });
        assert_eq!(found(&app, "a"), json!([]), "{answer:?}");
    }
    app.on_send("books.example.org", |_| Err(SendError::Timeout));
    assert_eq!(found(&app, "a"), json!([]));
    app.configure("book_api", "no address");
    assert_eq!(found(&app, "a"), json!([]));
    ask(&app, Role::Admin, Method::GET, SEARCH).send().expect(400);
}

#[test]
pub(super) fn others_than_administrators_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    FACE.refused_to_others_than(&app, &[Role::Admin], &Method::GET, &format!("{SEARCH}?title=a"));
}
