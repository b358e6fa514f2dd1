//! GET /authors/{n}/coauthors

use super::*;
use crate::books::book;

const BOOKS: [&str; 2] = ["01890000-0000-7000-8000-0000000000b1", "01890000-0000-7000-8000-0000000000b2"];

#[test]
pub(super) fn an_author_is_shown_with_those_who_wrote_with_them() {
    App::new(&SERVICE).on_each_database(|app| {
        let [ana, bia, clara] = ["Ana", "Bia", "Clara"].map(|name| named(app, name));
        app.deliver(&book("BookAdded", BOOKS[0], 1, &[&ana, &bia])).unwrap();
        app.deliver(&book("BookAdded", BOOKS[1], 1, &[&clara])).unwrap();
        let answer = get(app, "/api/authors/1/coauthors").expect(200);
        let own = "http://library.example:8080/api/authors/2";
        let expected = json!({
            "author": get(app, "/api/authors/1").expect(200).json(),
            "coauthors": [{
                "name": "Bia",
                "_links": { "author": own, "photo": format!("{own}/photo"), "booksByAuthor": format!("{own}/books") },
                "books": [{
                    "title": "Orlando",
                    "isbn": "9780156030410",
                    "_links": "http://library.example:8080/api/books/9780156030410",
                }],
            }],
        });
        assert_eq!(answer.json(), expected);
        assert!(answer.tag().len() == 35);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn who_wrote_alone_has_an_empty_list() {
    let app = App::new(&SERVICE).sqlite();
    named(&app, "Ana");
    assert_eq!(get(&app, "/api/authors/1/coauthors").expect(200).json()["coauthors"], json!([]));
}

#[test]
pub(super) fn the_coauthors_of_an_unknown_author_are_404() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&get(&app, "/api/authors/1/coauthors"), 404, "Not found");
}

#[test]
pub(super) fn others_than_readers_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    named(&app, "Ana");
    refused_to_others_than(&app, &[Role::Reader], &Method::GET, "/api/authors/1/coauthors");
}
