//! Holds: who waits, and for whom a copy is kept.

use super::*;

pub(super) const HOLDS: &str = "/api/v1/holds";

fn path_of(answer: &Answer) -> String {
    answer.header("location").unwrap().to_owned()
}

fn shown(app: &App, path: &str) -> Value {
    librarian(app).get(path).send().expect(200).json()
}

pub(super) fn move_to(app: &App, path: &str, position: usize) -> Answer {
    librarian(app).post(&format!("{path}/position")).json(&json!({ "position": position })).send()
}

/// The readers who wait for the book, in their order.
pub(super) fn waiting(app: &App, book: Uuid) -> Vec<Value> {
    let query = format!("{HOLDS}?book_id={book}&state=waiting&sort=position");
    let list = librarian(app).get(&query).send().expect(200).json();
    let holds = list["items"].as_array().unwrap().clone();
    let positions: Vec<i64> = holds.iter().map(|hold| hold["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (1..=positions.len().try_into().unwrap()).collect::<Vec<_>>());
    holds.iter().map(|hold| hold["reader_id"].clone()).collect()
}

#[test]
fn a_copy_that_comes_back_is_kept_for_who_is_first_and_nobody_else_gets_it() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (copy, [borrower, first, second]) = (copy(app), [(); 3].map(|()| reader(app)));
        book(app, copy.book);
        let lending = lent(app, copy, &borrower);
        let own = json!({ "book_id": copy.book });
        let placed = app.as_user(&first.user.to_string()).post(HOLDS).json(&own).key("k1");
        let hold = placed.clone().send().expect(201);
        assert_eq!(placed.send().expect(201).body(), hold.body());
        let path = path_of(&hold);
        let next = path_of(&place(app, copy.book, &second).expect(201));
        assert_eq!((&hold.json()["position"], &shown(app, &next)["position"]), (&json!(1), &json!(2)));
        assert_eq!(reasons(renew(app, &lending)), ["AWAITED", "NOTHING_GAINED"]);
        // The seventh day is a closed one.
        let closed = json!({ "day": "2026-01-12" });
        librarian(app).post("/api/v1/closed-days").json(&closed).send().expect(201);
        give_back(app, &lending).expect(200);
        let ready = shown(app, &path);
        assert_eq!(
            (&ready["state"], &ready["position"], &ready["item_id"], &ready["pickup_until"]),
            (&json!("ready"), &json!(0), &json!(copy.item), &json!("2026-01-13"))
        );
        assert_eq!(shown(app, &next)["position"], 1);
        for other in [&borrower, &second] {
            assert_eq!(reasons(lend(app, copy, other)), ["ITEM_KEPT"]);
        }
        let lending = lend(app, copy, &first).expect(201).json();
        assert_eq!(lending["hold_id"], ready["id"]);
        assert_eq!(shown(app, &path)["state"], "fulfilled");
        assert_eq!(shown(app, &next)["state"], "waiting");
        let ready = app.events_of("lyceum.lendings.HoldReady.v1");
        assert_eq!((ready.len(), &ready[0].data["reader_id"]), (1, &json!(first.id)));
        assert_eq!(app.events_of("lyceum.lendings.HoldPlaced.v1").len(), 2);
    });
}

#[test]
fn what_is_not_fetched_in_time_is_kept_for_the_next_and_then_for_nobody() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (copy, [borrower, first, second]) = (copy(app), [(); 3].map(|()| reader(app)));
        book(app, copy.book);
        let lending = lent(app, copy, &borrower);
        let paths = [&first, &second].map(|reader| path_of(&place(app, copy.book, reader).expect(201)));
        give_back(app, &lending).expect(200);
        for (moment, states) in [
            ("2026-01-12T23:59:59Z", ["ready", "waiting"]),
            ("2026-01-13T00:00:00Z", ["expired", "ready"]),
            ("2026-01-20T23:00:00Z", ["expired", "ready"]),
            ("2026-01-21T00:00:00Z", ["expired", "expired"]),
        ] {
            at(app, moment);
            for _ in 0..2 {
                app.tick("minute").unwrap();
            }
            let found = paths.each_ref().map(|path| shown(app, path)["state"].clone());
            assert_eq!(found, states.map(|state| json!(state)), "{moment}");
        }
        lend(app, copy, &borrower).expect(201);
        assert_eq!(app.events_of("lyceum.lendings.HoldExpired.v1").len(), 2);
        assert_eq!(app.events_of("lyceum.lendings.HoldReady.v1").len(), 2);
    });
}

#[test]
fn a_copy_that_somebody_waits_for_is_kept_by_the_next_tick_whatever_became_of_the_news_of_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let (out, [borrower, first, second]) = (copy(app), [(); 3].map(|()| reader(app)));
        book(app, out.book);
        let lending = lent(app, out, &borrower);
        let paths = [&first, &second].map(|reader| path_of(&place(app, out.book, reader).expect(201)));
        app.tick("minute").unwrap();
        assert_eq!(shown(app, &paths[0])["state"], "waiting");
        app.commit_first("UPDATE lendings SET returned_at = 1, version = version + 1");
        give_back(app, &lending).expect(409);
        for _ in 0..2 {
            app.tick("minute").unwrap();
        }
        let found = paths.each_ref().map(|path| shown(app, path)["state"].clone());
        assert_eq!(found, ["ready", "waiting"].map(|state| json!(state)));
    });
}

#[test]
fn readers_wait_once_and_for_themselves_and_librarians_reorder() {
    App::new(&SERVICE).on_each_database(|app| {
        let (copy, [one, other, third, borrower]) = (copy(app), [(); 4].map(|()| reader(app)));
        lent(app, copy, &borrower);
        let own = app.as_user(&one.user.to_string()).with_role(Role::Reader);
        let unknown = own.post(HOLDS).json(&json!({ "book_id": copy.book })).send().expect(422).problem();
        assert_eq!(unknown.pointers(), ["/book_id"]);
        book(app, copy.book);
        let path = path_of(&own.post(HOLDS).json(&json!({ "book_id": copy.book })).send().expect(201));
        assert_eq!(place(app, copy.book, &one).expect(409).problem().error_code, "HOLD_EXISTS");
        let others = json!({ "book_id": copy.book, "reader_id": other.id });
        own.post(HOLDS).json(&others).send().expect(422);
        app.as_role(Role::Reader).post(HOLDS).json(&json!({ "book_id": copy.book })).send().expect(422);
        let behind = path_of(&place(app, copy.book, &other).expect(201));
        let last = path_of(&place(app, copy.book, &third).expect(201));
        own.get(&behind).send().expect(404);
        own.delete(&behind).send().expect(404);
        own.post(&format!("{path}/position")).json(&json!({ "position": 1 })).send().expect(403);
        assert_eq!(move_to(app, &last, 1).expect(200).json()["position"], 1);
        assert_eq!(waiting(app, copy.book), [json!(third.id), json!(one.id), json!(other.id)]);
        for nowhere in [0, 4, 99] {
            assert_eq!(move_to(app, &last, nowhere).expect(422).problem().pointers(), ["/position"]);
        }
        assert_eq!(move_to(app, &last, 3).expect(200).json()["position"], 3);
        assert_eq!(waiting(app, copy.book), [json!(one.id), json!(other.id), json!(third.id)]);
        let tag = own.get(&path).send().expect(200).tag().to_owned();
        move_to(app, &last, 1).expect(200);
        own.delete(&path).if_match(&tag).send().expect(412);
        own.delete(&path).send().expect(204);
        assert_eq!(own.delete(&path).send().expect(409).problem().error_code, "HOLD_ENDED");
        assert_eq!(move_to(app, &path, 1).expect(409).problem().error_code, "NOT_WAITING");
        assert_eq!(waiting(app, copy.book), [json!(third.id), json!(other.id)]);
        // Who borrows a copy waits no more, and who has one doesn't begin to.
        move_to(app, &behind, 1).expect(200);
        let new = copy_of(app, copy.book, &Value::Null);
        let lending = lend(app, new, &other).expect(201).json();
        assert_eq!(lending["hold_id"], shown(app, &behind)["id"]);
        assert_eq!(waiting(app, copy.book), [json!(third.id)]);
        assert_eq!(place(app, copy.book, &other).expect(409).problem().error_code, "HAS_BOOK");
        assert_eq!(app.events_of("lyceum.lendings.HoldCancelled.v1").len(), 1);
    });
}

#[test]
fn a_queue_that_somebody_else_changed_is_read_again() {
    App::new(&SERVICE).on_each_database(|app| {
        let (copy, [one, other, borrower]) = (copy(app), [(); 3].map(|()| reader(app)));
        book(app, copy.book);
        lent(app, copy, &borrower);
        place(app, copy.book, &one).expect(201);
        app.commit_first("UPDATE book_queues SET changes = changes + 1");
        let path = path_of(&place(app, copy.book, &other).expect(201));
        app.commit_first("UPDATE book_queues SET changes = changes + 1");
        move_to(app, &path, 1).expect(200);
        app.commit_first("UPDATE book_queues SET changes = changes + 1");
        librarian(app).delete(&path).send().expect(204);
        assert_eq!(waiting(app, copy.book), [json!(one.id)]);
    });
}

#[test]
fn a_hold_for_a_book_of_which_a_copy_is_free_is_ready_at_once_and_holds_nobody_up() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (out, [borrower, one, other]) = (copy(app), [(); 3].map(|()| reader(app)));
        book(app, out.book);
        let lending = lent(app, out, &borrower);
        // The catalogue hasn't heard yet that it is back.
        let free = copy_of(app, out.book, &json!({ "status": "on_loan" }));
        copy_of(app, out.book, &json!({ "status": "lost" }));
        let hold = place(app, out.book, &one).expect(201);
        let told = hold.json();
        assert_eq!(
            (&told["state"], &told["position"], &told["item_id"], &told["pickup_until"]),
            (&json!("ready"), &json!(0), &json!(free.item), &json!("2026-01-12"))
        );
        assert_eq!((hold.tag(), shown(app, &path_of(&hold))), ("\"1\"", told));
        let kinds = ["HoldPlaced", "HoldReady"].map(|kind| format!("lyceum.lendings.{kind}.v1"));
        assert_eq!(kinds.map(|kind| app.events_of(&kind).len()), [1, 1]);
        assert_eq!(reasons(lend(app, free, &other)), ["ITEM_KEPT"]);
        at(app, "2026-01-06T10:00:00Z");
        renew(app, &lending).expect(200);
        // Who comes next waits.
        assert_eq!(place(app, out.book, &other).expect(201).json()["state"], "waiting");
        at(app, "2026-01-07T10:00:00Z");
        assert_eq!(reasons(renew(app, &lending)), ["AWAITED"]);
        librarian(app).delete(&path_of(&hold)).send().expect(204);
        assert_eq!(lend(app, free, &other).expect(201).json()["item_id"], json!(free.item));
    });
}

#[test]
fn a_free_copy_that_somebody_borrows_at_the_same_moment_is_kept_for_nobody() {
    App::new(&SERVICE).on_each_database(|app| {
        let (copy, [one, other]) = (copy(app), [(); 2].map(|()| reader(app)));
        book(app, copy.book);
        let path = lent(app, copy, &other);
        give_back(app, &path).expect(200);
        app.commit_first("UPDATE lendings SET returned_at = NULL");
        let hold = place(app, copy.book, &one).expect(201).json();
        assert_eq!((&hold["state"], &hold["position"]), (&json!("waiting"), &json!(1)));
    });
}
