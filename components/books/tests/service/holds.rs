//! Which copies are kept for somebody, as lendings tell.

use lyceum_kit::{clock, clock::Timestamp, ids, prelude::Uuid};
use lyceum_testing::Event;

use super::items::{copy, counts, to};
use super::loans::{changes, lending_of, status};
use super::*;

/// A hold for which a copy is kept.
pub(super) struct Hold {
    pub(super) id: Uuid,
    ready_at: Timestamp,
    item: String,
}

pub(super) fn hold_of(item: &str) -> Hold {
    let item = item.rsplit('/').next().unwrap().to_owned();
    Hold { id: ids::new(), ready_at: clock::now(), item }
}

impl Hold {
    fn told(&self, kind: &str, sequence: u64) -> Event {
        let data = json!({
            "hold_id": self.id, "book_id": NOBODY, "item_id": self.item, "reader_id": NOBODY, "user_id": NOBODY,
            "title": null, "ready_at": self.ready_at, "pickup_until": "2026-01-20", "cancelled_at": clock::now(),
            "expired_at": clock::now(), "delayed_at": clock::now(),
        });
        let kind = format!("lyceum.lendings.{kind}.v1");
        Event::new(&kind, data).about("hold", &self.id.to_string(), sequence)
    }

    pub(super) fn ready(&self) -> Event {
        self.told("HoldReady", 2)
    }

    pub(super) fn cancelled(&self) -> Event {
        self.told("HoldCancelled", 3)
    }

    fn delayed(&self) -> Event {
        self.told("HoldDelayed", 3)
    }

    /// The same hold, for which another copy is kept then.
    fn of_another(&self, item: &str) -> Self {
        Self { id: self.id, ..hold_of(item) }
    }

    fn expired(&self) -> Event {
        self.told("HoldExpired", 3)
    }
}

#[test]
fn a_copy_that_is_kept_can_not_be_had_until_the_hold_ends_however_often_that_is_told() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        for end in [Hold::expired, Hold::cancelled, Hold::delayed] {
            let hold = hold_of(&item);
            let (ready, ended) = (hold.ready(), end(&hold));
            for _ in 0..2 {
                app.deliver(&ready).unwrap();
                assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("awaiting_pickup", (1, 0)));
            }
            assert_eq!(titles(&list(app, "?available=true")), [""; 0]);
            let refused = librarian(app).delete(&item).send().expect(409).problem();
            assert_eq!(refused.error_code, "ITEM_ON_LOAN");
            assert_eq!(to(app, &item, "available").expect(409).problem().error_code, "ITEM_ON_LOAN");
            for _ in 0..2 {
                app.deliver(&ended).unwrap();
                assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("available", (1, 1)));
            }
            // Told once more under other ids, as when its key is long forgotten.
            app.deliver(&hold.ready()).unwrap();
            app.deliver(&end(&hold)).unwrap();
            assert_eq!(status(app, &item), "available");
        }
        assert_eq!(changes(app), ["awaiting_pickup", "available"].repeat(3));
    });
}

#[test]
fn a_copy_that_was_fetched_is_on_loan_in_whatever_order_that_is_told() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        for (number, late) in [false, true].into_iter().enumerate() {
            let item = copy(app, &book, &format!("b{number}"));
            let hold = hold_of(&item);
            let lending = lending_of(&item).fulfilling(&hold);
            let mut told = [hold.ready(), lending.started()];
            if late {
                told.reverse();
            }
            for event in &told {
                app.deliver(event).unwrap();
            }
            assert_eq!(status(app, &item), "on_loan", "{late}");
            app.deliver(&lending.returned()).unwrap();
            assert_eq!(status(app, &item), "available", "{late}");
        }
    });
}

/// Two hosts, of which one's clock is behind.
#[test]
fn a_copy_that_seems_to_be_fetched_before_it_was_kept_is_on_loan_and_comes_back() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let hold = hold_of(&item);
        let before = hold.ready_at.minus(std::time::Duration::from_millis(5));
        let lending = lending_of(&item).fulfilling(&hold).begun_at(before);
        app.deliver(&hold.ready()).unwrap();
        for (event, expected) in [
            (lending.started(), "on_loan"),
            (hold.ready(), "on_loan"),
            (lending.returned(), "available"),
            (lending.started(), "available"),
        ] {
            app.deliver(&event).unwrap();
            assert_eq!(status(app, &item), expected);
        }
        assert_eq!((counts(app, &book), changes(app).len()), ((1, 1), 3));
        librarian(app).delete(&item).send().expect(204);
    });
}

#[test]
fn a_copy_that_was_kept_for_who_took_another_one_is_free_in_whatever_order_that_is_told() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        for (number, late) in [false, true].into_iter().enumerate() {
            let [kept, taken] = ["kept", "taken"].map(|name| copy(app, &book, &format!("{name}{number}")));
            let hold = hold_of(&kept);
            let mut told = [hold.ready(), lending_of(&taken).fulfilling(&hold).started()];
            if late {
                told.reverse();
            }
            for event in &told {
                app.deliver(event).unwrap();
            }
            let found = [&kept, &taken].map(|item| status(app, item));
            assert_eq!(found, ["available", "on_loan"], "{late}");
            librarian(app).delete(&kept).send().expect(204);
        }
    });
}

#[test]
fn a_copy_that_goes_from_one_to_the_next_stays_kept_in_whatever_order_that_is_told() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        for (number, late) in [false, true].into_iter().enumerate() {
            let item = copy(app, &book, &format!("b{number}"));
            let (returned, first) = (lending_of(&item), hold_of(&item));
            let second = hold_of(&item);
            app.deliver(&returned.started()).unwrap();
            // It comes back, and is kept.
            app.deliver(&first.ready()).unwrap();
            app.deliver(&returned.returned()).unwrap();
            assert_eq!(status(app, &item), "awaiting_pickup");
            let mut told = [first.expired(), second.ready()];
            if late {
                told.reverse();
            }
            for event in &told {
                app.deliver(event).unwrap();
            }
            assert_eq!(status(app, &item), "awaiting_pickup", "{late}");
            app.deliver(&second.expired()).unwrap();
            assert_eq!((status(app, &item), counts(app, &book).1), ("available".into(), 1), "{late}");
            librarian(app).delete(&item).send().expect(204);
        }
    });
}

#[test]
fn what_a_librarian_says_of_a_kept_copy_stays_and_a_copy_that_is_gone_is_kept_for_nobody() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let hold = hold_of(&item);
        app.deliver(&hold.ready()).unwrap();
        to(app, &item, "lost").expect(200);
        librarian(app).delete(&item).send().expect(409);
        app.deliver(&hold.expired()).unwrap();
        assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("lost", (1, 0)));
        librarian(app).delete(&item).send().expect(204);
        let late = hold_of(&item);
        app.deliver(&late.ready()).unwrap();
        app.deliver(&late.cancelled()).unwrap();
        librarian(app).get(&item).send().expect(404);
        assert_eq!(changes(app), ["awaiting_pickup", "lost"]);
    });
}

#[test]
fn a_hold_that_is_told_while_its_fulfilment_is_written_down_keeps_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let hold = hold_of(&item);
        app.commit_first(&format!(
            "INSERT INTO lendings_seen (lending_id, book_id, started_on, hold_id) \
             VALUES ('{NOBODY}', '{NOBODY}', '2026-01-05', '{}')",
            hold.id
        ));
        app.deliver(&hold.ready()).unwrap();
        assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("available", (1, 1)));
    });
}

/// News of a lending and of a hold, told by one commit, come at the same moment.
#[test]
fn what_is_told_of_a_copy_that_somebody_else_changes_at_the_same_moment_is_not_put_off() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let (lending, hold) = (lending_of(&item), hold_of(&item));
        let touch = "UPDATE items SET version = version + 1";
        for (event, expected) in [
            (lending.started(), "on_loan"),
            (hold.ready(), "awaiting_pickup"),
            (lending.returned(), "awaiting_pickup"),
            (hold.delayed(), "available"),
        ] {
            app.commit_first(touch);
            app.deliver(&event).unwrap();
            assert_eq!((status(app, &item).as_str(), counts(app, &book).0), (expected, 1));
        }
    });
}

#[test]
fn a_hold_whose_copy_was_lost_keeps_another_one_then_and_the_lost_one_can_come_back() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        for (number, told_of_delay) in [false, true].into_iter().enumerate() {
            let [lost, other] = ["lost", "other"].map(|name| copy(app, &book, &format!("{name}{number}")));
            let hold = hold_of(&lost);
            app.deliver(&hold.ready()).unwrap();
            to(app, &lost, "lost").expect(200);
            if told_of_delay {
                app.deliver(&hold.delayed()).unwrap();
            }
            let second = hold.of_another(&other);
            app.deliver(&second.told("HoldReady", 4)).unwrap();
            assert_eq!([&lost, &other].map(|item| status(app, item)), ["lost", "awaiting_pickup"]);
            // It is found again: nobody has it.
            to(app, &lost, "available").expect(200);
            let lending = lending_of(&other).fulfilling(&second);
            app.deliver(&lending.started()).unwrap();
            assert_eq!([&lost, &other].map(|item| status(app, item)), ["available", "on_loan"]);
            app.deliver(&lending.returned()).unwrap();
        }
        app.explain().assert_indexed(&[]);
    });
}
