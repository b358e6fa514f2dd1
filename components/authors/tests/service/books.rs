//! What the books' events say of authors, and authors who are deleted.

use lyceum_testing::Event;

use super::*;

const REMOVED: &str = "lyceum.authors.AuthorRemoved.v1";
const BOOK: &str = "01890000-0000-7000-8000-0000000000b0";

/// A book as its events say, by these authors, whose paths are given.
pub(super) fn book(kind: &str, book_id: &str, sequence: u64, authors: &[&str]) -> Event {
    let contributor =
        |path: &&str| json!({ "author_id": path.rsplit('/').next(), "name": "A", "role": "author" });
    let mut contributors: Vec<Value> = authors.iter().map(contributor).collect();
    // Somebody without a record, and an illustrator who wrote it as well.
    contributors.push(json!({ "author_id": null, "name": "Anonymous", "role": "author" }));
    contributors.extend(authors.first().map(contributor));
    let data = json!({
        "book_id": book_id, "isbn": "9780156030410", "title": "Orlando", "subtitle": null,
        "contributors": contributors, "genre_id": null, "subjects": [], "language": null, "year": null,
        "publisher": null, "added_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z",
    });
    Event::new(&format!("lyceum.books.{kind}.v1"), data).about("book", book_id, sequence)
}

fn removed(sequence: u64) -> Event {
    let data = json!({ "book_id": BOOK, "removed_at": "2026-01-01T00:00:00Z" });
    Event::new("lyceum.books.BookRemoved.v1", data).about("book", BOOK, sequence)
}

fn delete(app: &App, path: &str) -> Answer {
    librarian(app).delete(path).send()
}

#[test]
fn an_author_without_books_is_deleted_with_all_that_finds_them() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = added(app, &woolf());
        photo::put(app, &path, "image/png", photo::PNG).expect(201);
        librarian(app).delete(&path).if_match("\"1\"").send().expect(412);
        app.as_role(Role::Reader).delete(&path).send().expect(403);
        delete(app, &path).expect(204);
        delete(app, &path).expect(404);
        librarian(app).get(&path).send().expect(404);
        for query in ["", "?q=woolf", "?prefix=virginia"] {
            assert_eq!(names(&list(app, query)), [""; 0]);
        }
        assert_eq!(app.events_of(REMOVED).len(), 1);
        app.tick("minute").unwrap();
        assert_eq!(photo::objects(app), [""; 0]);
        // The identifiers are free again, and the number is not.
        added(app, &woolf());
        assert_eq!(list(app, "")["items"][0]["number"], 2);
    });
}

#[test]
fn an_author_whom_a_book_names_stays() {
    App::new(&SERVICE).on_each_database(|app| {
        let (ana, bia) = (named(app, "Ana"), named(app, "Bia"));
        app.deliver(&book("BookAdded", BOOK, 1, &[&ana, &bia])).unwrap();
        for path in [&ana, &bia] {
            assert_eq!(delete(app, path).expect(409).problem().error_code, "AUTHOR_HAS_BOOKS");
        }
        app.deliver(&book("BookChanged", BOOK, 2, &[&bia])).unwrap();
        // What is older changes nothing.
        app.deliver(&book("BookAdded", BOOK, 1, &[&ana, &bia])).unwrap();
        delete(app, &ana).expect(204);
        delete(app, &bia).expect(409);
        app.deliver(&removed(3)).unwrap();
        app.deliver(&book("BookChanged", BOOK, 2, &[&bia])).unwrap();
        delete(app, &bia).expect(204);
    });
}

#[test]
fn an_author_whom_a_book_names_meanwhile_stays() {
    App::new(&SERVICE).on_each_database(|app| {
        let (ana, bia) = (named(app, "Ana"), named(app, "Bia"));
        app.deliver(&book("BookAdded", BOOK, 1, &[&ana])).unwrap();
        let id = bia.rsplit('/').next().unwrap();
        app.commit_first(&format!("UPDATE book_authors SET author_id = '{id}'"));
        assert_eq!(delete(app, &bia).expect(409).problem().error_code, "AUTHOR_HAS_BOOKS");
        app.commit_first("UPDATE authors SET version = version + 1");
        delete(app, &ana).expect(412);
        app.explain().assert_indexed(&[]);
    });
}
