//! GET and DELETE /authors/{n}/photo

use lyceum_kit::blobs::Container;

use super::*;

const PHOTO: &str = "/api/authors/1/photo";

fn delete(app: &App, path: &str) -> Answer {
    ask(app, Role::Librarian, Method::DELETE, path).send()
}

/// 200 and nothing else.
fn is_empty(answer: &Answer) {
    let answer = answer.clone().expect(200);
    assert_eq!((answer.text(), answer.header("content-type")), ("", None));
}

#[test]
pub(super) fn a_photo_is_read_as_the_type_that_its_name_said() {
    App::new(&SERVICE).on_each_database(|app| {
        for (number, (file, stated, read_as)) in [
            ("a.png", "image/png", "image/png"),
            ("a.jpg", "image/jpeg", "image/jpeg"),
            ("a.jpeg", "image/png", "image/jpeg"),
            ("a.png", "image/jpeg", "image/png"),
            ("a", "image/png", "image/jpeg"),
        ]
        .into_iter()
        .enumerate()
        {
            portrayed(app, file, stated);
            let path = format!("/api/authors/{}/photo", number + 1);
            for role in [Role::Reader, Role::Librarian] {
                let read = ask(app, role, Method::GET, &path).send().expect(200);
                assert_eq!(
                    (read.body().as_ref(), read.header("content-type")),
                    (crate::photo::PNG, Some(read_as)),
                    "{file}"
                );
                assert!(read.tag().len() == 35 && read.tag().starts_with("\"0"));
            }
        }
    });
}

#[test]
pub(super) fn no_photo_is_200_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    is_empty(&get(&app, PHOTO));
}

#[test]
pub(super) fn a_photo_that_is_gone_is_200_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    let photo = portrayed(&app, "a.png", "image/png")["photo"].as_str().unwrap().to_owned();
    app.run(|| Container::open("photos").unwrap().delete(&photo)).unwrap();
    is_empty(&get(&app, PHOTO));
}

#[test]
pub(super) fn the_photo_of_an_unknown_author_is_404() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&get(&app, PHOTO), 404, "Not found");
}

#[test]
pub(super) fn a_photo_is_taken_away_whatever_if_match_says() {
    App::new(&SERVICE).on_each_database(|app| {
        portrayed(app, "a.png", "image/png");
        let answer = ask(app, Role::Librarian, Method::DELETE, PHOTO).if_match("nonsense").send().expect(200);
        assert_eq!((answer.text(), answer.header("etag")), ("", None));
        let shown = get(app, "/api/authors/1").expect(200);
        assert_eq!((shown.tag(), &shown.json()["photo"]), ("\"1\"", &Value::Null));
        is_empty(&get(app, PHOTO));
        let again = delete(app, PHOTO).expect(404);
        assert_eq!((again.text(), again.header("content-type")), ("", None));
    });
}

#[test]
pub(super) fn no_photo_to_take_away_is_404_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    let answer = delete(&app, PHOTO).expect(404);
    assert_eq!((answer.text(), answer.header("content-type")), ("", None));
    assert_eq!(get(&app, "/api/authors/1").expect(200).tag(), "\"0\"");
}

#[test]
pub(super) fn a_photo_of_an_unknown_author_to_take_away_is_403() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&delete(&app, PHOTO), 403, "Access denied!");
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    portrayed(&app, "a.png", "image/png");
    refused_to_others_than(&app, &[Role::Librarian], &Method::DELETE, PHOTO);
}
