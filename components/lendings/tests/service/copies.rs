//! Holds and what the catalogue says of copies: what comes to its shelf, what can't be lent any more, and books that are deleted.

use super::closures::close;
use super::*;

const RULES: &str = "/api/v1/circulation-rules";

/// The catalogue says this of a copy from now on.
fn told(app: &App, copy: Copy, sequence: u64, status: &str) {
    app.deliver(&item_event("ItemChanged", copy, sequence, &json!({ "status": status }))).unwrap();
}

fn placed(app: &App, book: Uuid, reader: &Reader) -> String {
    place(app, book, reader).expect(201).header("location").unwrap().to_owned()
}

/// The state, the place and the copy of each hold.
fn found<const N: usize>(app: &App, holds: &[String; N]) -> [(String, i64, Option<Uuid>); N] {
    holds.each_ref().map(|path| {
        let hold = librarian(app).get(path).send().expect(200).json();
        let item = serde_json::from_value(hold["item_id"].clone()).unwrap();
        (hold["state"].as_str().unwrap().to_owned(), hold["position"].as_i64().unwrap(), item)
    })
}

fn ready(copy: Copy) -> (String, i64, Option<Uuid>) {
    ("ready".into(), 0, Some(copy.item))
}

fn waiting(position: i64) -> (String, i64, Option<Uuid>) {
    ("waiting".into(), position, None)
}

/// A book without a free copy for which three readers wait.
fn queue(app: &App) -> (Copy, [String; 3]) {
    at(app, FIRST_DAY);
    let copy = copy_of(app, ids::new(), &json!({ "status": "in_repair" }));
    book(app, copy.book);
    let holds = [(); 3].map(|()| placed(app, copy.book, &reader(app)));
    (copy, holds)
}

fn titles(app: &App, kind: &str) -> Vec<Value> {
    let events = app.events_of(&format!("lyceum.lendings.{kind}.v1"));
    events.iter().map(|event| event.data["title"].clone()).collect()
}

#[test]
fn a_copy_that_comes_to_its_shelf_is_kept_for_who_is_first_at_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let (copy, holds) = queue(app);
        assert_eq!(found(app, &holds), [waiting(1), waiting(2), waiting(3)]);
        // Twice, as an event may come.
        for _ in 0..2 {
            told(app, copy, 2, "available");
            assert_eq!(found(app, &holds), [ready(copy), waiting(1), waiting(2)]);
        }
        let new = copy_of(app, copy.book, &Value::Null);
        assert_eq!(found(app, &holds), [ready(copy), ready(new), waiting(1)]);
        assert_eq!(reasons(lend(app, new, &reader(app))), ["ITEM_KEPT"]);
        assert_eq!(titles(app, "HoldReady"), ["Emma", "Emma"]);
    });
}

#[test]
fn a_free_copy_that_others_wait_for_is_not_lent_past_the_queue_unless_the_rule_says_so() {
    App::new(&SERVICE).on_each_database(|app| {
        let (copy, holds) = queue(app);
        // The news of it is projected, and not yet reacted to.
        let put_back = "UPDATE items_seen SET status = 'available'";
        let stranger = reader(app);
        app.commit_first(put_back);
        placed(app, copy.book, &reader(app));
        assert_eq!(reasons(lend(app, copy, &stranger)), ["AWAITED"]);
        let check = json!({ "item_id": copy.item, "reader_id": stranger.id });
        let dry = librarian(app).post("/api/v1/lendings/check").json(&check).send().expect(200).json();
        assert_eq!((&dry["allowed"], &dry["reasons"][0]["code"]), (&json!(false), &json!("AWAITED")));
        let holder = |path: &String| {
            let hold = librarian(app).get(path).send().expect(200).json();
            json!({ "item_id": copy.item, "reader_id": hold["reader_id"] })
        };
        let second = librarian(app).post(PATH).json(&holder(&holds[1])).send();
        assert_eq!(reasons(second), ["AWAITED"]);
        let rule = librarian(app).get(RULES).send().expect(200).json()["items"][0].clone();
        assert_eq!(rule["lent_while_awaited"], false);
        let path = format!("{RULES}/{}", rule["id"].as_str().unwrap());
        let open = |open: bool| {
            let tag = librarian(app).get(&path).send().expect(200).tag().to_owned();
            let change = json!({ "lent_while_awaited": open });
            librarian(app).patch(&path).if_match(&tag).json(&change).send().expect(200);
        };
        open(true);
        let dry = librarian(app).post("/api/v1/lendings/check").json(&check).send().expect(200).json();
        assert_eq!(dry["allowed"], true);
        open(false);
        // Who is first may have it, although the copy isn't kept for them yet.
        let first = librarian(app).post(PATH).json(&holder(&holds[0])).send().expect(201).json();
        assert_eq!(first["item_id"], json!(copy.item));
        assert_eq!(found(app, &holds)[1..], [waiting(1), waiting(2)]);
    });
}

/// Between what was read and the commit somebody begins to wait.
#[test]
fn a_queue_that_begins_at_the_moment_of_a_checkout_goes_first() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (copy, [other, stranger]) = (copy(app), [(); 2].map(|()| reader(app)));
        book(app, copy.book);
        app.commit_first(&format!(
            "INSERT INTO holds (id, book_id, reader_id, user_id, state, position, placed_at, version) VALUES \
             ('{}', '{}', '{}', '{}', 'waiting', 1, 1, 1)",
            ids::new(),
            copy.book,
            other.id,
            other.user
        ));
        assert_eq!(reasons(lend(app, copy, &stranger)), ["AWAITED"]);
        lend(app, copy, &other).expect(201);
    });
}

#[test]
fn a_hold_goes_back_to_the_front_of_its_queue_when_its_copy_can_not_be_lent_and_its_reader_is_told() {
    for status in ["lost", "in_repair", "withdrawn"] {
        App::new(&SERVICE).on_each_database(|app| {
            let (copy, holds) = queue(app);
            told(app, copy, 2, "available");
            // What the catalogue heard from here is no news.
            told(app, copy, 3, "awaiting_pickup");
            assert_eq!(found(app, &holds), [ready(copy), waiting(1), waiting(2)]);
            for _ in 0..2 {
                told(app, copy, 4, status);
                assert_eq!(found(app, &holds), [waiting(1), waiting(2), waiting(3)]);
            }
            let hold = librarian(app).get(&holds[0]).send().expect(200).json();
            assert_eq!((&hold["ready_at"], &hold["pickup_until"]), (&Value::Null, &Value::Null));
            let delayed = app.events_of("lyceum.lendings.HoldDelayed.v1");
            assert_eq!((delayed.len(), &delayed[0].data["hold_id"]), (1, &hold["id"]));
            assert_eq!(
                (&delayed[0].data["item_id"], &delayed[0].data["title"]),
                (&json!(copy.item), &json!("Emma"))
            );
            // It is found again.
            told(app, copy, 5, "available");
            assert_eq!(found(app, &holds), [ready(copy), waiting(1), waiting(2)]);
        });
    }
}

#[test]
fn another_copy_that_is_free_takes_the_place_of_a_kept_one_that_was_lost() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (kept, [first, second]) = (copy(app), [(); 2].map(|()| reader(app)));
        book(app, kept.book);
        let hold = [placed(app, kept.book, &first)];
        assert_eq!(found(app, &hold), [ready(kept)]);
        let other = copy_of(app, kept.book, &Value::Null);
        at(app, "2026-01-07T10:00:00Z");
        told(app, kept, 2, "lost");
        assert_eq!(found(app, &hold), [ready(other)]);
        let shown = librarian(app).get(&hold[0]).send().expect(200).json();
        assert_eq!(shown["pickup_until"], "2026-01-14");
        assert_eq!(reasons(lend(app, other, &second)), ["ITEM_KEPT"]);
        lend(app, other, &first).expect(201);
        assert_eq!((titles(app, "HoldReady").len(), titles(app, "HoldDelayed").len()), (2, 0));
    });
}

#[test]
fn a_book_that_somebody_has_or_awaits_is_not_deleted_and_what_is_being_deleted_begins_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (free, [one, other]) = (copy(app), [(); 2].map(|()| reader(app)));
        book(app, free.book);
        let path = format!("/borrowed-books/{}/removal", free.book);
        let in_use = || close(app, "books", &path).expect(409).problem().error_code;
        let lending = lent(app, free, &one);
        assert_eq!(in_use(), "BOOK_IN_USE");
        let hold = placed(app, free.book, &other);
        give_back(app, &lending).expect(200);
        assert_eq!(in_use(), "BOOK_IN_USE");
        librarian(app).delete(&hold).send().expect(204);
        for service in ["readers", "users"] {
            close(app, service, &path).expect(403);
        }
        close(app, "books", &path).expect(204);
        assert_eq!(reasons(lend(app, free, &one)), ["BOOK_LEAVING"]);
        assert_eq!(place(app, free.book, &one).expect(409).problem().error_code, "BOOK_LEAVING");
        // It wasn't deleted after all.
        at(app, "2026-01-05T10:02:00Z");
        let lending = lent(app, free, &one);
        // Between what was read and the commit it is.
        give_back(app, &lending).expect(200);
        app.commit_first(&format!(
            "INSERT INTO book_closures (book_id, ends_at) VALUES ('{}', 9223372036854775807) \
             ON CONFLICT (book_id) DO UPDATE SET ends_at = excluded.ends_at",
            free.book
        ));
        assert_eq!(reasons(lend(app, free, &one)), ["BOOK_LEAVING"]);
    });
}

#[test]
fn a_lending_says_what_was_borrowed_also_after_the_book_was_deleted() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (copy, reader) = (copy(app), reader(app));
        book(app, copy.book);
        let lending = lent(app, copy, &reader);
        let number = librarian(app).get(&lending).send().expect(200).json()["number"].clone();
        give_back(app, &lending).expect(200);
        let removed = json!({ "book_id": copy.book, "removed_at": now() });
        app.deliver(&Event::new("lyceum.books.BookRemoved.v1", removed).about(
            "book",
            &copy.book.to_string(),
            2,
        ))
        .unwrap();
        let seen = librarian(app).get(&format!("/legacy/lendings/{}", number.as_str().unwrap())).send();
        assert_eq!(seen.expect(200).json()["bookTitle"], "Emma");
        place(app, copy.book, &reader).expect(422);
    });
}
