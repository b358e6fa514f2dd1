//! PATCH /books/{isbn}

use super::*;

const PATH_OF_IT: &str = "/api/books/9782826012092";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn retitled() -> Sent {
    form(&[("title", "B")])
}

#[test]
pub(super) fn a_change_is_answered_with_the_next_version() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        book(app, ISBN, "A");
        let answer = patch(app, ISBN, "\"0\"", retitled()).expect(200);
        assert_eq!((answer.tag(), answer.header("location")), ("\"1\"", None));
        assert_eq!(answer.json()["title"], "B");
        let all = [("description", "It ends."), ("genre", "Drama"), ("authors[]", "2")];
        let answer = patch(app, ISBN, "1", form(&all)).expect(200);
        let view = answer.json();
        assert_eq!((&view["title"], &view["description"]), (&json!("B"), &json!("It ends.")));
        assert_eq!((&view["genre"], &view["authors"]), (&json!("Drama"), &json!(["Bento Santos"])));
        assert_eq!(get(app, PATH_OF_IT).expect(200).json(), view);
        assert_eq!(app.events_of("lyceum.books.BookChanged.v1").len(), 2);
        // Blank is no description.
        let view = patch(app, ISBN, "2", form(&[("description", " ")])).expect(200).json();
        assert_eq!(view["description"], Value::Null);
    });
}

#[test]
pub(super) fn a_change_without_a_version_or_with_a_wrong_photo_is_400() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    book(&app, ISBN, "A");
    let (media_type, body) = retitled();
    for path in [PATH_OF_IT, "/api/books/9791034304301"] {
        let without = ask(&app, Role::Librarian, Method::PATCH, path).body(&media_type, body.clone());
        told_by_the_framework(&without.send(), 400);
    }
    for version in ["", "null"] {
        told_by_the_framework(&patch(&app, ISBN, version, retitled()), 400);
    }
    let photo = multipart(&[("title", "B")], ("a.gif", "image/gif", b"GIF89a"));
    told_in_a_sentence(&patch(&app, ISBN, "0", photo), 400, "Bad Request: Validation Failed");
    assert_eq!(get(&app, PATH_OF_IT).expect(200).json()["title"], "A");
}

#[test]
pub(super) fn whatever_else_is_wrong_is_409() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        book(app, ISBN, "A");
        for version in ["7", "\"7\"", "*", "W/\"0\"", "new"] {
            told_as_conflict(&patch(app, ISBN, version, retitled()));
        }
        told_as_conflict(&patch(app, "9791034304301", "0", retitled()));
        let long = "x".repeat(129);
        for field in
            [("title", " "), ("title", &long), ("genre", "None"), ("authors", "77"), ("authors", "one")]
        {
            told_as_conflict(&patch(app, ISBN, "0", form(&[field])));
        }
        assert_eq!(get(app, PATH_OF_IT).expect(200).tag(), "\"0\"");
    });
}

#[test]
pub(super) fn a_change_of_nothing_keeps_the_version() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    book(&app, ISBN, "A");
    for same in [vec![], vec![("title", "A")], vec![("genre", "Infantil"), ("authors", "1")]] {
        assert_eq!(patch(&app, ISBN, "0", form(&same)).expect(200).tag(), "\"0\"", "{same:?}");
    }
}

#[test]
pub(super) fn json_is_no_form_and_changes_nothing() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    let before = book(&app, ISBN, "A");
    let sent = ("application/json".to_owned(), json!({ "title": "B" }).to_string().into_bytes());
    let answer = patch(&app, ISBN, "0", sent).expect(200);
    assert_eq!((answer.tag(), answer.json()), ("\"0\"", before));
}

#[test]
pub(super) fn what_only_the_modern_face_knows_stays() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    let id = added(
        &app,
        &json!({
            "title": "A", "isbn": ISBN, "year": 1999, "subjects": ["Cats"], "language": "pt",
            "contributors": [
                { "name": "Nobody's Record" },
                { "name": "Carla", "role": "translator" },
            ],
        }),
    );
    let seen = get(&app, PATH_OF_IT).expect(200).json();
    assert_eq!((&seen["authors"], &seen["genre"]), (&json!(["Nobody's Record"]), &Value::Null));
    assert_eq!(seen["_links"]["authors"], json!([]));
    patch(&app, ISBN, "0", form(&[("authors", "2"), ("title", "B")])).expect(200);
    let modern = shown(&app, &path_of(&id)).json();
    assert_eq!(
        (&modern["year"], &modern["subjects"], &modern["language"]),
        (&json!(1999), &json!(["Cats"]), &json!("pt"))
    );
    let people = modern["contributors"].as_array().unwrap();
    let names: Vec<_> =
        people.iter().map(|person| (person["name"].as_str(), person["role"].as_str())).collect();
    assert_eq!(names, [(Some("Bento Santos"), Some("author")), (Some("Carla"), Some("translator"))]);
}

#[test]
pub(super) fn a_photo_is_replaced() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        book(app, ISBN, "A");
        for version in ["0", "1"] {
            patch(app, ISBN, version, multipart(&[], ("a.png", "image/png", PNG))).expect(200);
        }
        let read = get(app, "/api/books/9782826012092/photo").expect(200);
        assert_eq!((read.body().as_ref(), read.header("content-type")), (PNG, Some("image/png")));
        assert_eq!(get(app, PATH_OF_IT).expect(200).tag(), "\"2\"");
    });
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    FACE.refused_to_others_than(&app, &[Role::Librarian], &Method::PATCH, PATH_OF_IT);
}
