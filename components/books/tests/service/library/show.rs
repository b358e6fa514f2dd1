//! GET /books/{isbn}

use super::*;

const PATH_OF_IT: &str = "/api/books/9782826012092";

#[test]
pub(super) fn a_book_is_shown_with_nulls_links_and_version() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        let book = book(app, ISBN, "A");
        for role in [Role::Reader, Role::Librarian] {
            let answer = ask(app, role, Method::GET, PATH_OF_IT).send().expect(200);
            assert_eq!((answer.json(), answer.tag()), (book.clone(), "\"0\""));
            assert_eq!(
                answer.header("cache-control"),
                Some("no-cache, no-store, max-age=0, must-revalidate")
            );
        }
    });
}

#[test]
pub(super) fn an_unknown_book_is_404() {
    let app = App::new(&SERVICE).sqlite();
    for isbn in [ISBN, "9782826012093", "no-isbn"] {
        told_in_a_sentence(&get(&app, &format!("{BOOKS}/{isbn}")), 404, "Not found");
    }
}

#[test]
pub(super) fn a_book_that_the_client_has_is_304() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    book(&app, ISBN, "A");
    let has =
        |tag: &str| ask(&app, Role::Reader, Method::GET, PATH_OF_IT).header("if-none-match", tag).send();
    assert_eq!(has("\"0\"").expect(304).text(), "");
    has("\"1\"").expect(200);
    ask(&app, Role::Reader, Method::GET, PATH_OF_IT).if_match("nonsense").send().expect(200);
}

#[test]
pub(super) fn a_description_keeps_formatting_and_nothing_else_of_html() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    let description = "<b>Bold</b> <script>alert(1)</script>O'Neil";
    let fields = [("title", "A"), ("genre", "Drama"), ("authors", "1"), ("description", description)];
    let view = put(&app, ISBN, form(&fields)).expect(201).json();
    assert_eq!(view["description"], "<b>Bold</b> O&#39;Neil");
}

#[test]
pub(super) fn an_authors_new_name_is_not_that_on_the_book() {
    App::new(&SERVICE).on_each_database(|app| {
        shelves(app);
        let id = author(app, 3, "Carla");
        put(app, ISBN, form(&[("title", "A"), ("genre", "Drama"), ("authors", "3")])).expect(201);
        app.deliver(&named(id, "AuthorChanged", 3, "Carla Dias", 2)).unwrap();
        assert_eq!(get(app, PATH_OF_IT).expect(200).json()["authors"], json!(["Carla"]));
        get(app, "/api/books?authorName=carla+d").expect(200);
        let removed = json!({ "author_id": id, "number": 3, "removed_at": "2026-01-01T00:00:00Z" });
        let removed = Event::new("lyceum.authors.AuthorRemoved.v1", removed);
        app.deliver(&removed.about("author", &id.to_string(), 3)).unwrap();
        let view = get(app, PATH_OF_IT).expect(200).json();
        assert_eq!((&view["authors"], &view["_links"]["authors"]), (&json!(["Carla"]), &json!([])));
        get(app, "/api/books?authorName=carla+d").expect(404);
    });
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    staff_and_readers(&Method::GET, PATH_OF_IT);
}
