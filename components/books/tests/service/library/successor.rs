//! PUT /books, by clients of the library's successor

use super::*;

const ADDED: &str = "lyceum.books.BookAdded.v1";

fn put(app: &App, body: &Value) -> Answer {
    let call = ask(app, Role::Librarian, Method::PUT, BOOKS).header("lyceum-library", "successor");
    call.header("x-correlation-id", "a-client/1").json(body).send()
}

fn good() -> Value {
    json!({
        "isbn": ISBN, "title": " O País das Pessoas ", "genreId": "Infantil", "description": "Small.",
        "authors": [{ "id": "1", "name": "Anybody", "bio": "A life." }], "photoURI": null, "correlationId": "x",
    })
}

/// Good, with another value of this member.
fn but(member: &str, value: Value) -> Value {
    let mut body = good();
    body[member] = value;
    body
}

#[test]
pub(super) fn a_book_is_taken_with_202_and_no_body_and_is_there() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        let answer = put(app, &good());
        is_empty(&answer, 202);
        assert_eq!(answer.header("x-correlation-id"), Some("a-client/1"));
        assert_eq!((answer.header("location"), answer.header("etag")), (None, None));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        let shown = get(app, &format!("{BOOKS}/{ISBN}")).expect(200);
        let expected = json!({
            "title": "O País das Pessoas", "authors": ["Ana Maria"], "genre": "Infantil", "description": "Small.",
            "isbn": ISBN, "_links": {
                "self": format!("{SITE}/api/books/{ISBN}"), "authors": [{ "href": format!("{SITE}/api/authors/1") }],
                "photo": format!("{SITE}/api/books/{ISBN}/photo"),
            },
        });
        assert_eq!((shown.json(), shown.tag()), (expected, "\"0\""));
        assert_eq!(app.events_of(ADDED).len(), 1);
    });
}

#[test]
pub(super) fn a_genre_is_named_by_its_id_too_and_authors_without_a_record_by_their_names() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        let poetry = genre(app, "Poetry");
        let mut body = but("genreId", json!(poetry));
        body["authors"] = json!([
            { "id": 2 }, { "id": "2", "name": "Bento" }, { "id": "77", "name": " Nobody Known " }, { "id": "78" },
            { "id": null, "name": "Another" },
        ]);
        put(app, &body).expect(202);
        let shown = get(app, &format!("{BOOKS}/{ISBN}")).expect(200).json();
        assert_eq!(shown["genre"], "Poetry");
        assert_eq!(shown["authors"], json!(["Bento Santos", "Nobody Known", "Another"]));
        assert_eq!(shown["_links"]["authors"], json!([{ "href": format!("{SITE}/api/authors/2") }]));
    });
}

#[test]
pub(super) fn what_is_there_already_or_not_yet_is_409() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        put(app, &good()).expect(202);
        told_as_conflict(&put(app, &good()));
        let other = |member: &str, value: Value| {
            let mut body = but(member, value);
            body["isbn"] = json!("9791034304301");
            body
        };
        for body in [
            other("genreId", json!("Cookery")),
            other("genreId", json!(7)),
            other("genreId", json!("01890000-0000-7000-8000-0000000000aa")),
            other("authors", json!([])),
            other("authors", json!([{ "id": "77" }, { "id": "x", "name": " " }])),
        ] {
            told_as_conflict(&put(app, &body));
        }
        assert_eq!(app.events_of(ADDED).len(), 1);
    });
}

#[test]
pub(super) fn a_field_that_is_missing_or_wrong_is_400() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    for (member, value, rejected) in [
        ("isbn", Value::Null, "null"),
        ("title", json!(" "), " "),
        ("genreId", Value::Null, "null"),
        ("authors", Value::Null, "null"),
    ] {
        let details = told(&put(&app, &but(member, value)), 400, "Method argument validation failed");
        let [detail] = details.as_slice() else { panic!("{details:?}") };
        assert_eq!(
            [&detail["objectName"], &detail["field"], &detail["rejectedValue"]],
            [&json!("createBookRequest"), &json!(member), &json!(rejected)]
        );
    }
    for (member, value) in [
        ("isbn", json!("9782826012093")),
        ("isbn", json!("978-2-8260-1209-2")),
        ("title", json!("x".repeat(129))),
        ("description", json!("x".repeat(4_097))),
    ] {
        told_in_a_sentence(&put(&app, &but(member, value)), 400, "Bad Request");
    }
    let form =
        ask(&app, Role::Librarian, Method::PUT, BOOKS).body("application/x-www-form-urlencoded", "title=A");
    told_by_the_framework(&form.send(), 415);
    let cut = ask(&app, Role::Librarian, Method::PUT, BOOKS).body("application/json", "{");
    told_by_the_framework(&cut.send(), 400);
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    FACE.refused_to_others_than(&App::new(&SERVICE).sqlite(), &[Role::Librarian], &Method::PUT, BOOKS);
}

#[test]
pub(super) fn a_photo_is_taken_away_with_200_and_then_404() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    put(&app, &good()).expect(202);
    let (kind, body) = multipart(&[], ("a.png", "image/png", b"\x89PNG\r\n\x1a\n and so on"));
    let change = ask(&app, Role::Librarian, Method::PATCH, &format!("{BOOKS}/{ISBN}")).if_match("0");
    change.body(&kind, body).send().expect(200);
    for status in [200, 404] {
        is_empty(
            &ask(&app, Role::Librarian, Method::DELETE, &format!("{BOOKS}/{ISBN}/photo")).send(),
            status,
        );
    }
}
