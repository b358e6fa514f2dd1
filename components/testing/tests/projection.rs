//! Tables that are filled from events: whatever is delivered twice or in another order, they come out the same.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use lyceum_kit::{
    prelude::*,
    projection::{Projection, ReadModel},
    subscription::Consumes,
};
use lyceum_testing::{App, Event as Delivered};
use serde::{Deserialize, Serialize};
use serde_json::json;

const BOOKS: ReadModel = ReadModel::of("books_seen", &["book_id"], "books_sequence");
const COPIES: ReadModel = ReadModel::of("copies_seen", &["copy_id"], "books_sequence");

/// A book has this title from now on, or is gone.
#[derive(Debug, Deserialize)]
struct BookChanged {
    book_id: String,
    title: Option<String>,
}
impl Consumes for BookChanged {
    const CONSUMED_KIND: &'static str = "lyceum.stacks.BookChanged.v1";
}

#[derive(Debug, Deserialize)]
struct CopyAdded {
    copy_id: String,
    book_id: String,
}
impl Consumes for CopyAdded {
    const CONSUMED_KIND: &'static str = "lyceum.stacks.CopyAdded.v1";
}

/// Needs a row that something else makes.
#[derive(Debug, Deserialize)]
struct CopyMoved {
    copy_id: String,
    shelf: String,
}
impl Consumes for CopyMoved {
    const CONSUMED_KIND: &'static str = "lyceum.stacks.CopyMoved.v1";
}

lyceum_kit::service! {
    name: "shelf",
    routes: routes,
    migrations: ["0002-shelf"],
    on: {
        projection: { BookChanged => book_changed, CopyAdded => copy_added, CopyMoved => copy_moved },
        reaction: { CopyMoved => tell },
    },
}

fn routes() -> Routes {
    Routes::new("Shelf", "For a test.")
}

fn book_changed(projection: &Projection<'_>, changed: &BookChanged) -> Result<(), EventError> {
    // What is gone stays as a row that says so.
    let title = changed.title.as_deref().unwrap_or_default();
    let values = [("title", title.into_value()), ("gone", changed.title.is_none().into_value())];
    let counted = "UPDATE changes SET count = count + 1 WHERE name = 'books'";
    projection
        .upsert(&BOOKS, params![&changed.book_id], &values)
        .execute(statement(counted, Vec::new()))
        .commit()
}

fn copy_added(projection: &Projection<'_>, added: &CopyAdded) -> Result<(), EventError> {
    let book = statement("SELECT book_id FROM books_seen WHERE book_id = $1", params![&added.book_id]);
    let values = [("book_id", added.book_id.as_str().into_value()), ("shelf", "".into_value())];
    projection
        .upsert(&COPIES, params![&added.copy_id], &values)
        .needs(book, format!("the book {}", added.book_id))
        .commit()
}

fn copy_moved(projection: &Projection<'_>, moved: &CopyMoved) -> Result<(), EventError> {
    let values = [("shelf", moved.shelf.as_str().into_value())];
    projection.update(&COPIES, params![&moved.copy_id], &values).commit()
}

/// What is published here nobody declared.
#[derive(Serialize)]
struct Told {}
impl Event for Told {
    const KIND: &'static str = "lyceum.shelf.Told.v1";
    const AGGREGATE_TYPE: &'static str = "copy";
    fn aggregate_id(&self) -> String {
        "c1".into()
    }
}

fn tell(received: &Received, _: &CopyMoved) -> Result<(), EventError> {
    received.begin().publish(&Told {}).commit()?;
    Ok(())
}

fn changed(sequence: u64, title: Option<&str>) -> Delivered {
    let data = json!({ "book_id": "b1", "title": title });
    Delivered::new(BookChanged::CONSUMED_KIND, data).about("book", "b1", sequence)
}

fn added() -> Delivered {
    Delivered::new(CopyAdded::CONSUMED_KIND, json!({ "copy_id": "c1", "book_id": "b1" }))
        .about("copy", "c1", 1)
}

fn moved(sequence: u64, shelf: &str) -> Delivered {
    let data = json!({ "copy_id": "c1", "shelf": shelf });
    Delivered::new(CopyMoved::CONSUMED_KIND, data).about("copy", "c1", sequence).to("shelf/projection")
}

/// The book's title, whether it is gone, and how often it was changed.
fn book(app: &App) -> (String, bool, i64) {
    let text = "SELECT title, gone, count FROM books_seen, changes WHERE name = 'books'";
    let mut rows: Vec<Book> = app.run(|| query_all(statement(text, Vec::new()))).unwrap();
    let Book { title, gone, count } = rows.pop().unwrap();
    (title, gone, count)
}

struct Book {
    title: String,
    gone: bool,
    count: i64,
}
from_row!(Book { title, gone, count });

fn shelf(app: &App) -> String {
    let text = "SELECT shelf FROM copies_seen WHERE copy_id = 'c1'";
    app.run(|| query_one::<(String,)>(statement(text, Vec::new()))).unwrap().0
}

#[test]
fn whatever_the_order_and_however_often_the_newest_event_counts() {
    let events = [changed(1, Some("Ema")), changed(2, Some("Emma")), changed(3, None)];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        App::new(&SERVICE).on_each_database(|app| {
            for at in order {
                app.deliver(&events[at]).unwrap();
                app.deliver(&events[at]).unwrap();
            }
            let all_again = events.iter().try_for_each(|event| app.deliver(event));
            assert_eq!(all_again, Ok(()));
            let (title, gone, count) = book(app);
            assert_eq!((title.as_str(), gone), ("", true), "{order:?}");
            // What goes with the row happened as often as the row changed: for each event that was newer than all before.
            let newest = order.iter().scan(None, |last, at| {
                let newer = last.is_none_or(|last| last < *at);
                *last = (*last).max(Some(*at));
                Some(newer)
            });
            assert_eq!(count, i64::try_from(newest.filter(|newer| *newer).count()).unwrap(), "{order:?}");
        });
    }
}

#[test]
fn what_needs_anothers_row_waits_until_it_is_there() {
    App::new(&SERVICE).on_each_database(|app| {
        assert_eq!(app.deliver(&added()).unwrap_err(), "not-yet: the book b1");
        assert_eq!(app.deliver(&moved(2, "A3")).unwrap_err(), "not-yet: the row of copies_seen");
        app.deliver(&changed(1, Some("Emma"))).unwrap();
        app.deliver(&added()).unwrap();
        app.deliver(&moved(2, "A3")).unwrap();
        assert_eq!(shelf(app), "A3");
        app.deliver(&moved(4, "B1")).unwrap();
        app.deliver(&moved(3, "A4")).unwrap();
        app.deliver(&added()).unwrap();
        assert_eq!(shelf(app), "B1");
    });
}

/// Nothing is remembered of each event, though each was delivered.
#[test]
fn a_projection_leaves_no_keys() {
    App::new(&SERVICE).on_each_database(|app| {
        for sequence in 1..=5 {
            app.deliver(&changed(sequence, Some("Emma"))).unwrap();
        }
        assert_eq!(app.remembered_keys(), 0);
        assert!(app.events().is_empty());
    });
}

#[test]
fn an_event_that_is_not_declared_is_refused_with_its_kind() {
    App::new(&SERVICE).on_each_database(|app| {
        let event = Delivered::new(CopyMoved::CONSUMED_KIND, json!({ "copy_id": "c1", "shelf": "A3" }));
        let reason = app.deliver(&event.about("copy", "c1", 1).to("shelf/reaction")).unwrap_err();
        assert!(reason.contains("lyceum.shelf.Told.v1") && reason.contains("publishes"), "{reason}");
        assert!(app.events().is_empty());
    });
}
