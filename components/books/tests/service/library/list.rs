//! GET /books and GET /authors/{n}/books

use super::*;

/// Some books, by title: A by Ana in Infantil, B by Bento in Drama, C by both in Drama.
fn filled(app: &App) {
    shelves(app);
    book(app, ISBN, "Aventuras de Água");
    for (isbn, title, authors) in [("9789895612864", "Bosque", "2"), ("9789723716160", "Cidade 100%", "2,1")]
    {
        put(app, isbn, form(&[("title", title), ("genre", "Drama"), ("authors", authors)])).expect(201);
    }
}

fn found(app: &App, query: &str) -> Vec<String> {
    let list = get(app, &format!("{BOOKS}?{query}")).expect(200).json();
    assert_eq!(list.as_object().unwrap().len(), 1);
    titles(&list).into_iter().map(ToOwned::to_owned).collect()
}

#[test]
pub(super) fn one_of_title_genre_and_author_is_enough() {
    App::new(&SERVICE).on_each_database(|app| {
        filled(app);
        let all = ["Aventuras de Água", "Bosque", "Cidade 100%"];
        for (query, expected) in [
            ("title=AGUA", &all[..1]),
            ("title=osq", &all[1..2]),
            ("genre=infantil", &all[..1]),
            ("genre=ram", &all[1..]),
            ("authorName=ana", &[all[0], all[2]]),
            ("authorName=bento+s", &all[1..]),
            ("title=agua&genre=drama", &all[..]),
            ("title=bosque&genre=none&authorName=none", &all[1..2]),
            ("title=", &all[..]),
        ] {
            assert_eq!(found(app, query), expected, "{query}");
        }
        assert!(get(app, "/api/books?title=a").expect(200).tag().starts_with("\"0"));
    });
}

#[test]
pub(super) fn none_is_404_also_without_any_parameter() {
    let app = App::new(&SERVICE).sqlite();
    filled(&app);
    for query in ["", "?title=zebra", "?authorName=maria", "?other=1"] {
        told_in_a_sentence(&get(&app, &format!("{BOOKS}{query}")), 404, "Not found");
    }
}

#[test]
pub(super) fn signs_of_patterns_are_signs() {
    App::new(&SERVICE).on_each_database(|app| {
        filled(app);
        assert_eq!(found(app, "title=100%25"), ["Cidade 100%"]);
        for query in ["title=%25%25", "title=B_sque", "title=%5C", "genre=Dr%25a"] {
            get(app, &format!("{BOOKS}?{query}")).expect(404);
        }
    });
}

#[test]
pub(super) fn a_book_without_an_isbn_is_not_there() {
    let app = App::new(&SERVICE).sqlite();
    filled(&app);
    titled(&app, "Aventuras sem número");
    assert_eq!(found(&app, "title=aventuras"), ["Aventuras de Água"]);
    let list =
        ask(&app, Role::Reader, Method::POST, "/api/books/search").json(&json!({})).send().expect(200).json();
    assert_eq!(titles(&list).len(), 3);
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    staff_and_readers(&Method::GET, BOOKS);
}

#[test]
pub(super) fn the_books_of_an_author_are_listed_for_readers_alone() {
    App::new(&SERVICE).on_each_database(|app| {
        filled(app);
        let list = get(app, "/api/authors/1/books").expect(200).json();
        assert_eq!(titles(&list), ["Aventuras de Água", "Cidade 100%"]);
        assert_eq!(list["items"][0], get(app, &format!("{BOOKS}/{ISBN}")).expect(200).json());
        author(app, 9, "Nobody's");
        assert_eq!(get(app, "/api/authors/9/books").expect(200).json(), json!({ "items": [] }));
    });
    let app = App::new(&SERVICE).sqlite();
    FACE.refused_to_others_than(&app, &[Role::Reader], &Method::GET, "/api/authors/1/books");
}

#[test]
pub(super) fn the_books_of_an_unknown_author_are_404() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&get(&app, "/api/authors/1/books"), 404, "Not found");
    assert_eq!(told(&get(&app, "/api/authors/one/books"), 400, "Method argument type mismatch").len(), 3);
}
