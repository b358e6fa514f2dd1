//! Which copies are on loan, as lendings tell.

use lyceum_kit::{clock, clock::Timestamp, ids, prelude::Uuid};
use lyceum_testing::Event;

use super::holds::Hold;
use super::items::{copy, counts, to};
use super::*;

/// A lending of a copy.
pub(super) struct Lending {
    id: Uuid,
    started_at: Timestamp,
    /// The copy's id; empty if no copy in particular was lent.
    item: String,
    /// The hold that it fulfils.
    hold: Option<Uuid>,
}

pub(super) fn lending_of(item: &str) -> Lending {
    let item = item.rsplit('/').next().unwrap().to_owned();
    Lending { id: ids::new(), started_at: clock::now(), item, hold: None }
}

impl Lending {
    pub(super) fn fulfilling(self, hold: &Hold) -> Self {
        Self { hold: Some(hold.id), ..self }
    }

    pub(super) fn begun_at(self, started_at: Timestamp) -> Self {
        Self { started_at, ..self }
    }

    fn item(&self) -> Option<&str> {
        (!self.item.is_empty()).then_some(self.item.as_str())
    }

    fn told(&self, kind: &str, sequence: u64) -> Event {
        let data = json!({
            "lending_id": self.id, "number": "2026/1", "book_id": NOBODY, "item_id": self.item(), "reader_id": NOBODY,
            "user_id": NOBODY, "genre_id": null, "hold_id": self.hold, "started_at": self.started_at,
            "started_on": "2026-01-05", "due_on": "2026-01-20", "returned_at": clock::now(), "days_overdue": 0,
            "fine_cents": 0,
        });
        let kind = format!("lyceum.lendings.{kind}.v1");
        Event::new(&kind, data).about("lending", &self.id.to_string(), sequence)
    }

    pub(super) fn started(&self) -> Event {
        self.told("LendingStarted", 1)
    }

    pub(super) fn returned(&self) -> Event {
        self.told("LendingReturned", 2)
    }
}

pub(super) fn status(app: &App, item: &str) -> String {
    shown(app, item).json()["status"].as_str().unwrap().to_owned()
}

pub(super) fn changes(app: &App) -> Vec<String> {
    let events = app.events_of("lyceum.books.ItemChanged.v1");
    events.iter().map(|event| event.data["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_copy_that_is_lent_is_on_loan_until_it_is_back_however_often_that_is_told() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let lending = lending_of(&item);
        let (started, returned) = (lending.started(), lending.returned());
        for _ in 0..2 {
            app.deliver(&started).unwrap();
            assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("on_loan", (1, 0)));
        }
        assert_eq!(titles(&list(app, "?available=true")), [""; 0]);
        librarian(app).delete(&item).send().expect(409);
        for _ in 0..2 {
            app.deliver(&returned).unwrap();
            assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("available", (1, 1)));
        }
        // Told once more under other ids, as when its key is long forgotten.
        app.deliver(&lending.started()).unwrap();
        app.deliver(&lending.returned()).unwrap();
        assert_eq!(changes(app), ["on_loan", "available"]);
        assert_eq!(shown(app, &item).tag(), "\"3\"");
    });
}

#[test]
fn of_a_copys_lendings_the_one_that_began_last_counts_in_whatever_order_they_are_told() {
    // Both are in order for themselves.
    let orders: [&[(usize, bool)]; 6] = [
        &[(0, true), (0, false), (1, true), (1, false)],
        &[(0, true), (1, true), (0, false), (1, false)],
        &[(0, true), (1, true), (1, false), (0, false)],
        &[(1, true), (0, true), (0, false), (1, false)],
        &[(1, true), (0, true), (1, false), (0, false)],
        &[(1, true), (1, false), (0, true), (0, false)],
    ];
    App::new(&SERVICE).on_each_database(|app| {
        for (number, order) in orders.into_iter().enumerate() {
            let book = titled(app, "Emma");
            let item = copy(app, &book, &format!("b{number}"));
            let mut lendings = [lending_of(&item), lending_of(&item)];
            lendings[0].started_at = "2026-01-05T10:00:00Z".parse().unwrap();
            lendings[1].started_at = "2026-01-06T10:00:00Z".parse().unwrap();
            let (mut is_last_out, mut was_last_told) = (false, false);
            for (which, starts) in order {
                let lending = &lendings[*which];
                app.deliver(&if *starts { lending.started() } else { lending.returned() }).unwrap();
                if *which == 1 {
                    (is_last_out, was_last_told) = (*starts, true);
                }
                let is_out = if was_last_told { is_last_out } else { *starts };
                let expected = if is_out { ("on_loan", (1, 0)) } else { ("available", (1, 1)) };
                assert_eq!((status(app, &item).as_str(), counts(app, &book)), expected, "{order:?}");
            }
        }
    });
}

#[test]
fn what_a_librarian_says_of_a_copy_that_is_out_stays_when_it_is_back() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let lending = lending_of(&item);
        app.deliver(&lending.started()).unwrap();
        to(app, &item, "lost").expect(200);
        app.deliver(&lending.returned()).unwrap();
        assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("lost", (1, 0)));
        // Said before it was heard here that it was lent.
        let second = copy(app, &book, "2");
        let late = lending_of(&second);
        to(app, &second, "in_repair").expect(200);
        app.deliver(&late.started()).unwrap();
        assert_eq!(status(app, &second), "in_repair");
        assert_eq!(changes(app), ["on_loan", "lost", "in_repair"]);
    });
}

#[test]
fn a_lending_of_a_copy_that_is_gone_changes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let item = copy(app, &titled(app, "Emma"), "1");
        librarian(app).delete(&item).send().expect(204);
        let lending = lending_of(&item);
        app.deliver(&lending.started()).unwrap();
        app.deliver(&lending.returned()).unwrap();
        librarian(app).get(&item).send().expect(404);
        assert_eq!(changes(app), [""; 0]);
    });
}

#[test]
fn a_lending_of_no_copy_in_particular_leaves_all_copies_as_they_are() {
    App::new(&SERVICE).on_each_database(|app| {
        let item = copy(app, &titled(app, "Emma"), "1");
        let lending = lending_of("");
        app.deliver(&lending.started()).unwrap();
        app.deliver(&lending.returned()).unwrap();
        assert_eq!((status(app, &item).as_str(), shown(app, &item).tag()), ("available", "\"1\""));
    });
}

#[test]
fn a_lending_that_is_told_while_somebody_changes_the_copy_is_heard_and_loses_nothing_of_the_change() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let item = copy(app, &book, "1");
        let started = lending_of(&item).started();
        app.commit_first("UPDATE items SET location = 'Cellar', version = version + 1");
        app.deliver(&started).unwrap();
        assert_eq!((status(app, &item).as_str(), counts(app, &book)), ("on_loan", (1, 0)));
        assert_eq!(shown(app, &item).json()["location"], "Cellar");
    });
}
