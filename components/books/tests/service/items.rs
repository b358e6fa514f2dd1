//! Copies: barcodes, places, statuses, and how many a book has.

use super::loans::lending_of;
use super::*;

const ITEMS: &str = "/api/v1/items";

pub(super) fn copy(app: &App, book: &str, barcode: &str) -> String {
    let fields = json!({ "barcode": barcode, "location": "Main" });
    let answer = librarian(app).post(&format!("{}/items", path_of(book))).json(&fields).send().expect(201);
    answer.header("location").unwrap().to_owned()
}

pub(super) fn counts(app: &App, book: &str) -> (i64, i64) {
    let book = shown(app, &path_of(book)).json();
    (book["item_count"].as_i64().unwrap(), book["available_count"].as_i64().unwrap())
}

pub(super) fn to(app: &App, item: &str, status: &str) -> Answer {
    changed(app, item, &json!({ "status": status }))
}

fn barcodes(app: &App, path: &str) -> Vec<String> {
    let list = shown(app, path).json();
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["barcode"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_added_copy_is_shown_listed_counted_and_published_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let fields = json!({ "barcode": " L-1 ", "location": "Main  hall", "call_number": "823.7 A933", "item_type": " dvd" });
        let add = librarian(app).post(&format!("{}/items", path_of(&book))).json(&fields).key("k1");
        let first = add.clone().send().expect(201);
        let again = add.send().expect(201);
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        let seen = shown(app, first.header("location").unwrap());
        assert_eq!((seen.body(), seen.tag()), (first.body(), "\"1\""));
        let item = seen.json();
        assert_eq!(
            (&item["book_id"], &item["barcode"], &item["location"], &item["call_number"], &item["status"]),
            (&json!(book), &json!("L-1"), &json!("Main hall"), &json!("823.7 A933"), &json!("available"))
        );
        assert_eq!(counts(app, &book), (1, 1));
        assert_eq!(titles(&list(app, "?available=true")), ["Emma"]);
        let events = app.events_of("lyceum.books.ItemAdded.v1");
        assert_eq!((events.len(), &events[0].data["status"]), (1, &json!("available")));
        assert_eq!((&item["item_type"], &events[0].data["item_type"]), (&json!("dvd"), &json!("dvd")));
        let other = changed(app, first.header("location").unwrap(), &json!({ "item_type": null })).expect(200);
        assert_eq!(other.json()["item_type"], Value::Null);
        assert_eq!(app.events_of("lyceum.books.ItemChanged.v1")[0].data["item_type"], Value::Null);
    });
}

#[test]
fn copies_are_found_by_barcode_book_status_and_place() {
    App::new(&SERVICE).on_each_database(|app| {
        let (emma, other) = (titled(app, "Emma"), titled(app, "Other"));
        for barcode in ["b", "a", "B"] {
            copy(app, &emma, barcode);
        }
        let lost = copy(app, &other, "c");
        changed(app, &lost, &json!({ "status": "lost", "location": null })).expect(200);
        let of_emma = format!("{}/items", path_of(&emma));
        for (path, found) in [
            (ITEMS.to_owned(), ["B", "a", "b", "c"].as_slice()),
            (format!("{ITEMS}?sort=-barcode"), &["c", "b", "a", "B"]),
            (format!("{ITEMS}?barcode=b"), &["b"]),
            (format!("{ITEMS}?barcode=x"), &[]),
            (format!("{ITEMS}?status=lost"), &["c"]),
            (format!("{ITEMS}?location=Main"), &["B", "a", "b"]),
            (of_emma.clone(), &["B", "a", "b"]),
            (format!("{of_emma}?status=lost"), &[]),
            (format!("{of_emma}?limit=2"), &["B", "a"]),
        ] {
            assert_eq!(barcodes(app, &path), found, "{path}");
        }
        librarian(app).get(&format!("{}/items", path_of(NOBODY))).send().expect(404);
        librarian(app).get(&format!("{ITEMS}?status=eaten")).send().expect(400);
    });
}

#[test]
fn a_book_counts_its_copies_whatever_becomes_of_them() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let (one, two) = (copy(app, &book, "1"), copy(app, &book, "2"));
        assert_eq!(counts(app, &book), (2, 2));
        let lending = lending_of(&one);
        app.deliver(&lending.started()).unwrap();
        assert_eq!(counts(app, &book), (2, 1));
        for (status, expected) in [("in_repair", (2, 1)), ("lost", (2, 1)), ("withdrawn", (1, 1))] {
            to(app, &one, status).expect(200);
            assert_eq!(counts(app, &book), expected, "{status}");
        }
        app.deliver(&lending.returned()).unwrap();
        to(app, &one, "available").expect(200);
        assert_eq!(counts(app, &book), (2, 2));
        // What the book doesn't count is no new version of it.
        let tag = shown(app, &path_of(&book)).tag().to_owned();
        changed(app, &one, &json!({ "location": "Cellar" })).expect(200);
        assert_eq!(shown(app, &path_of(&book)).tag(), tag);
        to(app, &two, "withdrawn").expect(200);
        librarian(app).delete(&two).send().expect(204);
        assert_eq!(counts(app, &book), (1, 1));
        librarian(app).delete(&one).send().expect(204);
        assert_eq!(counts(app, &book), (0, 0));
        assert_eq!(titles(&list(app, "?available=true")), [""; 0]);
        assert_eq!(app.events_of("lyceum.books.ItemChanged.v1").len(), 7);
        assert_eq!(app.events_of("lyceum.books.ItemRemoved.v1").len(), 2);
    });
}

#[test]
fn a_status_that_cannot_follow_is_refused_with_both_names() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        to(app, &item, "withdrawn").expect(200);
        let refused = to(app, &item, "lost").expect(409).problem();
        assert_eq!(refused.error_code, "ITEM_STATUS");
        let detail = refused.detail;
        assert!(detail.contains("withdrawn") && detail.contains("lost"), "{detail}");
        to(app, &item, "eaten").expect(422);
        assert_eq!(counts(app, &book), (0, 0));
    });
}

#[test]
fn nobody_but_lendings_says_that_a_copy_is_on_loan_or_kept_or_back() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        for status in ["on_loan", "awaiting_pickup"] {
            let refused = to(app, &item, status).expect(409).problem();
            assert_eq!(refused.error_code, "ITEM_STATUS");
            assert!(refused.detail.contains(status), "{}", refused.detail);
            let new = json!({ "barcode": "2", "status": status });
            let items = format!("{}/items", path_of(&book));
            let refused = librarian(app).post(&items).json(&new).send().expect(422);
            assert_eq!(refused.problem().pointers(), ["/status"]);
        }
        let lending = lending_of(&item);
        app.deliver(&lending.started()).unwrap();
        // Not even by saying first that it is lost, or something else.
        for status in ["available", "lost", "available", "in_repair", "available"] {
            let answer = to(app, &item, status);
            if status == "available" {
                assert_eq!(answer.expect(409).problem().error_code, "ITEM_ON_LOAN");
            } else {
                answer.expect(200);
            }
            let refused = librarian(app).delete(&item).send().expect(409).problem();
            assert_eq!(refused.error_code, "ITEM_ON_LOAN", "{status}");
        }
        // What isn't its status may be changed all the same.
        changed(app, &item, &json!({ "location": "Cellar" })).expect(200);
        assert_eq!(counts(app, &book), (1, 0));
        app.deliver(&lending.returned()).unwrap();
        to(app, &item, "available").expect(200);
        librarian(app).delete(&item).send().expect(204);
    });
}

#[test]
fn a_barcode_belongs_to_one_copy() {
    App::new(&SERVICE).on_each_database(|app| {
        let (emma, other) = (titled(app, "Emma"), titled(app, "Other"));
        copy(app, &emma, "1");
        let second = copy(app, &other, "2");
        let again = librarian(app)
            .post(&format!("{}/items", path_of(&other)))
            .json(&json!({ "barcode": "1" }))
            .send();
        assert_eq!(again.expect(409).problem().error_code, "BARCODE_TAKEN");
        let changed = changed(app, &second, &json!({ "barcode": "1" })).expect(409);
        assert_eq!(changed.problem().error_code, "BARCODE_TAKEN");
        for bad in ["", "two words", "é", &"x".repeat(65)] {
            let fields = json!({ "barcode": bad });
            let answer =
                librarian(app).post(&format!("{}/items", path_of(&other))).json(&fields).send().expect(422);
            assert_eq!(answer.problem().pointers(), ["/barcode"], "{bad}");
        }
        let path = format!("{}/items", path_of(NOBODY));
        librarian(app).post(&path).json(&json!({ "barcode": "3" })).send().expect(404);
        assert_eq!(counts(app, &other), (1, 1));
    });
}

#[test]
fn what_is_on_loan_and_what_has_copies_is_not_deleted() {
    App::new(&SERVICE).on_each_database(|app| {
        leaving::of_nobody(app);
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let lending = lending_of(&item);
        app.deliver(&lending.started()).unwrap();
        let refused = librarian(app).delete(&item).send().expect(409);
        assert_eq!(refused.problem().error_code, "ITEM_ON_LOAN");
        let delete = || librarian(app).delete(&path_of(&book)).send();
        assert_eq!(delete().expect(409).problem().error_code, "BOOK_HAS_ITEMS");
        app.deliver(&lending.returned()).unwrap();
        to(app, &item, "withdrawn").expect(200);
        assert_eq!(delete().expect(409).problem().error_code, "BOOK_HAS_ITEMS");
        librarian(app).delete(&item).send().expect(204);
        librarian(app).delete(&item).send().expect(404);
        delete().expect(204);
    });
}

/// Between what was read and the commit, somebody else lends the copy, or adds one.
#[test]
fn what_happens_to_a_copy_meanwhile_is_not_lost() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let lend = "UPDATE items SET status = 'on_loan', circulates = TRUE, version = version + 1";
        app.commit_first(lend);
        librarian(app).delete(&item).send().expect(412);
        app.commit_first("UPDATE items SET version = version + 1");
        to(app, &item, "lost").expect(412);
        assert_eq!(counts(app, &book), (1, 1));
        leaving::of_nobody(app);
        let empty = titled(app, "Empty");
        app.commit_first(&format!("UPDATE items SET book_id = '{empty}'"));
        assert_eq!(
            librarian(app).delete(&path_of(&empty)).send().expect(409).problem().error_code,
            "BOOK_HAS_ITEMS"
        );
        // Somebody else took the last copy that there was to count.
        let last = copy(app, &titled(app, "Persuasion"), "2");
        app.commit_first("UPDATE books SET available_count = 0");
        to(app, &last, "lost").expect(412);
        app.commit_first("UPDATE books SET item_count = 0, available_count = 0");
        librarian(app).delete(&last).send().expect(412);
    });
}
