//! PUT /books/{isbn}

use super::*;

const GOOD: [(&str, &str); 3] = [("title", " O País das Pessoas "), ("genre", "Infantil"), ("authors", "1")];

/// The good fields with another value for one of them, or without it.
fn but<'a>(field: &str, value: Option<&'a str>) -> Sent {
    let fields = GOOD.into_iter().filter(|(name, _)| *name != field);
    let fields: Vec<(&str, &'a str)> = fields.chain(value.map(|value| (field, value))).collect();
    form(&fields)
}

#[test]
pub(super) fn a_new_book_is_answered_with_version_0_and_an_address_in_which_the_isbn_is_twice() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        let answer = put(app, ISBN, form(&GOOD)).expect(201);
        assert_eq!(answer.tag(), "\"0\"");
        let own = format!("{SITE}/api/books/{ISBN}");
        assert_eq!(answer.header("location"), Some(format!("{own}/{ISBN}").as_str()));
        let expected = json!({
            "title": "O País das Pessoas",
            "authors": ["Ana Maria"],
            "genre": "Infantil",
            "description": null,
            "isbn": ISBN,
            "_links": {
                "self": own,
                "authors": [{ "href": format!("{SITE}/api/authors/1") }],
                "photo": format!("{own}/photo"),
            },
        });
        assert_eq!(answer.json(), expected);
        assert!(answer.text().contains("\"description\":null"));
        // The modern face has it as well.
        assert_eq!(titles(&super::list(app, "?q=pais")), ["O País das Pessoas"]);
        assert_eq!(app.events_of("lyceum.books.BookAdded.v1").len(), 1);
    });
}

#[test]
pub(super) fn whatever_is_wrong_is_400_without_a_body() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        book(app, ISBN, "A");
        let long = "x".repeat(129);
        let endless = "x".repeat(4_097);
        for (isbn, sent) in [
            (ISBN, form(&GOOD)),
            ("9782826012093", form(&GOOD)),
            ("978-2-8260-1209-2", form(&GOOD)),
            ("123", form(&GOOD)),
            ("080442957x", form(&GOOD)),
            ("0804429570", form(&GOOD)),
            ("9791034304301", but("title", None)),
            ("9791034304301", but("title", Some(" "))),
            ("9791034304301", but("title", Some(&long))),
            ("9791034304301", but("genre", None)),
            ("9791034304301", but("genre", Some("infantil"))),
            ("9791034304301", but("authors", None)),
            ("9791034304301", but("authors", Some("77"))),
            ("9791034304301", but("description", Some(&endless))),
        ] {
            is_empty(&put(app, isbn, sent), 400);
        }
        assert_eq!(titles(&super::list(app, "")), ["A"]);
        put(app, "9791034304301", form(&GOOD)).expect(201);
    });
}

#[test]
pub(super) fn a_wrong_photo_and_an_author_without_a_number_are_400_with_a_body() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    let large = vec![0; 20_001];
    for photo in [("a.png", "image/png", large.as_slice()), ("a.gif", "image/gif", b"GIF89a".as_slice())] {
        told_in_a_sentence(&put(&app, ISBN, multipart(&GOOD, photo)), 400, "Bad Request: Validation Failed");
    }
    told_in_a_sentence(&put(&app, ISBN, but("authors", Some("one"))), 400, "Bad Request");
    assert_eq!(titles(&super::list(&app, "")), [""; 0]);
}

#[test]
pub(super) fn authors_that_are_unknown_are_left_out() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    let answer = put(&app, ISBN, but("authors", Some("77,2,1,2"))).expect(201).json();
    assert_eq!(answer["authors"], json!(["Bento Santos", "Ana Maria"]));
}

#[test]
pub(super) fn authors_are_a_repeated_field_or_one_with_commas() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    let isbns = ["9782826012092", "9789895612864", "9789723716160", "9789720706386"];
    let both = [
        vec![("authors", "1"), ("authors", "2")],
        vec![("authors[]", "1"), ("authors[]", "2")],
        vec![("authors[0]", "1"), ("authors[1]", "2")],
        vec![("authors", "1,2")],
    ];
    for (isbn, authors) in isbns.into_iter().zip(both) {
        let fields: Vec<_> = GOOD.into_iter().filter(|(name, _)| *name != "authors").chain(authors).collect();
        let answer = put(&app, isbn, form(&fields)).expect(201).json();
        assert_eq!(answer["authors"], json!(["Ana Maria", "Bento Santos"]), "{fields:?}");
    }
}

#[test]
pub(super) fn an_isbn_of_ten_digits_stays_one() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        let answer = put(app, "080442957X", form(&GOOD)).expect(201).json();
        assert_eq!(answer["isbn"], "080442957X");
        assert_eq!(answer["_links"]["self"], format!("{SITE}/api/books/080442957X"));
        assert_eq!(get(app, "/api/books/080442957X").expect(200).json(), answer);
        // It is one book with the number of thirteen digits.
        assert_eq!(get(app, "/api/books/9780804429573").expect(200).json(), answer);
        is_empty(&put(app, "9780804429573", form(&GOOD)), 400);
        assert_eq!(super::list(app, "")["items"][0]["isbn"], "9780804429573");
    });
}

#[test]
pub(super) fn json_is_no_form_and_so_400() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    let body = json!({ "title": "A", "genre": "Infantil", "authors": [1] }).to_string();
    is_empty(&put(&app, ISBN, ("application/json".into(), body.into_bytes())), 400);
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    FACE.refused_to_others_than(&app, &[Role::Librarian], &Method::PUT, "/api/books/9782826012092");
}
