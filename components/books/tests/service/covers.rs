//! Pictures of covers.

use std::time::Duration;

use super::*;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF and so on";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn put(app: &App, path: &str, media_type: &str, content: &'static [u8]) -> Answer {
    librarian(app).put(path).body(media_type, content).send()
}

fn objects(app: &App) -> i64 {
    use lyceum_kit::prelude::*;
    let (count,) = app
        .run(|| query_one(statement("SELECT COUNT(*) AS objects FROM picture_objects", Vec::new())))
        .unwrap();
    count
}

#[test]
fn a_cover_is_put_shown_replaced_and_taken_away() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = path_of(&titled(app, "Emma"));
        let path = format!("{book}/cover");
        librarian(app).get(&path).send().expect(404);
        let given = put(app, &path, "image/jpeg", JPEG).expect(201);
        assert_eq!(given.header("location"), Some(path.as_str()));
        let first = given.tag().to_owned();
        // The same picture once more changes nothing.
        assert_eq!(put(app, &path, "image/jpeg", JPEG).expect(200).json(), given.json());
        let seen = shown(app, &path);
        assert_eq!((seen.body().as_ref(), seen.tag()), (JPEG, first.as_str()));
        assert_eq!(seen.header("content-type"), Some("image/jpeg"));
        assert_eq!(seen.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(seen.header("cache-control"), Some("private, no-cache"));
        librarian(app).get(&path).header("if-none-match", &first).send().expect(304);
        let shown_book = shown(app, &book);
        assert_eq!(shown_book.json()["cover"], given.json());
        assert_eq!(given.json()["content_type"], "image/jpeg");
        assert_eq!(given.json()["size"], JPEG.len());
        assert_eq!(shown_book.tag(), "\"2\"");
        // A change of what is said of it leaves the cover.
        changed(app, &book, &json!({ "title": "Persuasion" })).expect(200);
        put(app, &path, "image/png; q=1", PNG).expect(200);
        assert_eq!(shown(app, &path).body().as_ref(), PNG);
        assert_eq!(app.events_of("lyceum.books.BookChanged.v1").len(), 3);
        librarian(app).delete(&path).if_match(&first).send().expect(412);
        librarian(app).delete(&path).send().expect(204);
        librarian(app).delete(&path).send().expect(404);
        librarian(app).get(&path).send().expect(404);
        assert_eq!(shown(app, &book).json()["cover"], Value::Null);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_is_no_picture_or_too_large_is_refused_and_leaves_nothing() {
    let app = App::new(&SERVICE).sqlite();
    let path = format!("{}/cover", path_of(&titled(&app, "Emma")));
    for (media_type, content, status) in [
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice(), 415),
        ("image/png", JPEG, 422),
        ("text/plain", PNG, 415),
        ("image/jpeg", b"", 422),
    ] {
        put(&app, &path, media_type, content).expect(status);
    }
    let mut large = JPEG.to_vec();
    large.resize(5 * 1024 * 1024 + 1, 0);
    librarian(&app).put(&path).body("image/jpeg", large.clone()).send().expect(413);
    assert_eq!(objects(&app), 0);
    large.pop();
    librarian(&app).put(&path).body("image/jpeg", large).send().expect(201);
    librarian(&app).put(&path).body("image/jpeg", JPEG).header("if-none-match", "*").send().expect(412);
    put(&app, &format!("{}/cover", path_of(NOBODY)), "image/png", PNG).expect(404);
    app.as_role(Role::Reader).put(&path).body("image/png", PNG).send().expect(403);
    assert_eq!(objects(&app), 1);
}

#[test]
fn what_no_book_shows_any_more_is_removed() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = path_of(&titled(app, "Emma"));
        let path = format!("{book}/cover");
        put(app, &path, "image/jpeg", JPEG).expect(201);
        put(app, &path, "image/png", PNG).expect(200);
        // Somebody changes the book between the picture and its row.
        app.commit_first("UPDATE books SET version = version + 1");
        let refused = put(app, &path, "image/jpeg", JPEG).expect(409);
        assert_eq!(refused.problem().error_code, "BOOK_CHANGED");
        assert_eq!(objects(app), 3);
        app.tick("minute").unwrap();
        assert_eq!(objects(app), 2);
        let hours = |hours: u64| lyceum_kit::clock::now().plus(Duration::from_hours(hours));
        app.stop_clock(hours(2));
        app.tick("minute").unwrap();
        assert_eq!(objects(app), 1);
        assert_eq!(shown(app, &path).body().as_ref(), PNG);
        leaving::of_nobody(app);
        librarian(app).delete(&book).send().expect(204);
        app.stop_clock(hours(3));
        app.tick("minute").unwrap();
        assert_eq!(objects(app), 0);
    });
}
