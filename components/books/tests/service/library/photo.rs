//! GET and DELETE /books/{isbn}/photo

use super::*;

const PHOTO: &str = "/api/books/9782826012092/photo";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn pictured(app: &App, file: &str, media_type: &str) -> Answer {
    shelves(app);
    let fields = [("title", "A"), ("genre", "Drama"), ("authors", "1")];
    put(app, ISBN, multipart(&fields, (file, media_type, PNG))).expect(201)
}

fn delete(app: &App) -> Answer {
    ask(app, Role::Librarian, Method::DELETE, PHOTO).send()
}

#[test]
pub(super) fn a_photo_is_read_as_the_type_that_its_name_said() {
    for (file, stated, read_as) in [
        ("a.png", "image/png", "image/png"),
        ("a.jpg", "image/jpeg", "image/jpeg"),
        ("a", "image/png", "image/jpeg"),
    ] {
        let app = App::new(&SERVICE).sqlite();
        assert_eq!(pictured(&app, file, stated).tag(), "\"0\"");
        let read = get(&app, PHOTO).expect(200);
        assert_eq!((read.body().as_ref(), read.header("content-type")), (PNG, Some(read_as)), "{file}");
    }
}

#[test]
pub(super) fn no_photo_is_200_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    book(&app, ISBN, "A");
    is_empty(&get(&app, PHOTO), 200);
}

#[test]
pub(super) fn the_photo_of_an_unknown_book_is_404() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&get(&app, PHOTO), 404, "Not found");
    told_in_a_sentence(&delete(&app), 404, "Not found");
}

#[test]
pub(super) fn a_photo_is_taken_away() {
    App::new(&SERVICE).on_each_database(|app| {
        pictured(app, "a.png", "image/png");
        let answer = ask(app, Role::Librarian, Method::DELETE, PHOTO).if_match("\"7\"").send();
        is_empty(&answer, 200);
        is_empty(&get(app, PHOTO), 200);
        assert_eq!(get(app, &format!("{BOOKS}/{ISBN}")).expect(200).tag(), "\"1\"");
    });
}

#[test]
pub(super) fn no_photo_to_take_away_is_404_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    shelves(&app);
    book(&app, ISBN, "A");
    is_empty(&delete(&app), 404);
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    FACE.refused_to_others_than(&app, &[Role::Librarian], &Method::DELETE, PHOTO);
}
