//! A reader who gets an account, on SQLite and on PostgreSQL, with the real service auth beside: whatever is away, comes
//! twice or dies, both are there at the end, or neither.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

#[allow(dead_code, reason = "not all of it is needed here")]
mod auth;

use std::{cell::Cell, rc::Rc};

use lyceum_kit::{clock::Timestamp, prelude::*, role::Role};
use lyceum_readers::SERVICE;
use lyceum_testing::{Answer, App, Call, Crash, Event};
use serde_json::{Value, json};

use self::auth::{Auth, PASSWORD, Way};

const PATH: &str = "/api/v1/readers";
const EMAIL: &str = "ada@example.org";
const NEW_YEAR: i64 = 1_767_225_600_000_000;

struct Scene<'a> {
    app: &'a App,
    auth: Rc<Auth>,
    now: Cell<i64>,
}

fn on_each(test: impl Fn(&Scene<'_>)) {
    App::new(&SERVICE).on_each_database(|app| {
        let auth = Auth::start();
        let scene = Scene { app, auth: Rc::clone(&auth), now: Cell::new(NEW_YEAR) };
        app.on_send("auth", move |request| auth.answer(request));
        scene.pass(0);
        test(&scene);
        app.explain().assert_indexed(&[]);
    });
}

fn body(email: &str) -> Value {
    json!({
        "account": { "password": PASSWORD }, "full_name": "Ada Lovelace", "email": email,
        "birth_date": "2000-01-31", "gdpr_consent": true,
    })
}

impl Scene<'_> {
    fn pass(&self, minutes: i64) {
        self.now.set(self.now.get() + minutes * 60_000_000);
        let now = Timestamp::from_micros(self.now.get());
        self.app.stop_clock(now);
        self.auth.stop_clock(now);
    }

    fn tick_after(&self, minutes: i64) {
        self.pass(minutes);
        self.app.tick("minute").unwrap();
    }

    fn call(&self) -> Call<'_> {
        self.app.as_role(Role::Librarian).post(PATH).json(&body(EMAIL))
    }

    /// Where the saga is that was begun.
    fn begin(&self) -> String {
        self.call().send().expect(202).header("location").unwrap().to_owned()
    }

    fn show(&self, location: &str) -> Value {
        self.app.as_role(Role::Librarian).get(location).send().expect(200).json()
    }

    fn reader(&self, saga: &Value) -> Answer {
        let path = format!("{PATH}/{}", saga["subject"].as_str().unwrap());
        self.app.as_role(Role::Librarian).get(&path).send()
    }

    /// How many records and accounts there are, and how many others were told of.
    fn counted(&self) -> [usize; 4] {
        let list = self.app.as_role(Role::Librarian).get(PATH).send().expect(200).json();
        let signed_in = usize::from(self.auth.sign_in(EMAIL) == 200);
        let told = self.app.events_of("lyceum.readers.ReaderAdded.v1").len();
        [list["items"].as_array().unwrap().len(), signed_in, told, self.auth.created().len()]
    }

    /// All sagas, which administrators see.
    fn sagas(&self) -> Vec<Value> {
        let list = self.app.as_role(Role::Admin).get("/api/v1/sagas/readers").send().expect(200).json();
        list["items"].as_array().unwrap().clone()
    }

    /// What the saga still knows.
    fn kept(&self, saga: &Value) -> String {
        let id: Uuid = saga["id"].as_str().unwrap().strip_prefix("readers-").unwrap().parse().unwrap();
        let kept = || query_one(statement("SELECT data FROM sagas WHERE id = $1", params![id]));
        let (data,) = self.app.run(kept).unwrap();
        data
    }
}

const BOTH: [usize; 4] = [1; 4];
const NEITHER: [usize; 4] = [0; 4];

#[test]
fn a_reader_and_their_account_are_made_by_one_request() {
    on_each(|scene| {
        let location = scene.begin();
        assert!(location.starts_with("/api/v1/sagas/readers-"), "{location}");
        let saga = scene.show(&location);
        assert_eq!(saga["state"], "completed", "{saga}");
        let reader = scene.reader(&saga).expect(200).json();
        assert_eq!(
            (&reader["number"], &reader["full_name"], &reader["email"]),
            (&json!("2026/1"), &json!("Ada Lovelace"), &json!(EMAIL))
        );
        assert_eq!(scene.counted(), BOTH);
        let created = &scene.auth.created()[0];
        assert_eq!(
            (&created["user_id"], &created["roles"], &created["display_name"]),
            (&reader["user_id"], &json!(["reader"]), &json!("Ada Lovelace"))
        );
        assert_eq!(*scene.auth.called.borrow(), ["PUT proposal", "PUT reservations", "PUT openings"]);
        assert!(!scene.kept(&saga).contains("Lovelace"), "the record is where it belongs");
    });
}

#[test]
fn the_same_request_again_gets_the_same_saga() {
    on_each(|scene| {
        let call = scene.call().key("k1");
        let (first, again) = (call.clone().send().expect(202), call.send().expect(202));
        assert_eq!((again.header("location"), again.body()), (first.header("location"), first.body()));
        assert_eq!((scene.counted(), scene.sagas().len()), (BOTH, 1));
        // Another request for the same address is another matter.
        assert_eq!(scene.call().key("k2").send().expect(409).problem().pointers(), ["/email"]);
        assert_eq!((scene.counted(), scene.sagas().len()), (BOTH, 1));
    });
}

#[test]
fn what_can_not_be_an_account_is_told_of_the_fields_that_were_given() {
    on_each(|scene| {
        let librarian = scene.app.as_role(Role::Librarian);
        let with = |name: &str, value: Value| {
            let mut body = body(EMAIL);
            body[name] = value;
            librarian.post(PATH).json(&body).send().expect(422).problem()
        };
        let personal = with("account", json!({ "password": "Lovelace Lovelace" }));
        assert_eq!(personal.pointers(), ["/account/password"]);
        assert_eq!(with("birth_date", json!("2020-01-01")).pointers(), ["/birth_date"]);
        let both = with("user_id", json!("01890000-0000-7000-8000-00000000000a"));
        assert_eq!((both.pointers(), &both.details[0]["code"]), (vec!["/user_id"], &json!("NAMED_TWICE")));
        assert!(both.details[0]["message"].as_str().unwrap().contains("not both"), "{both:?}");
        let neither = with("account", Value::Null);
        assert_eq!((neither.pointers(), &neither.details[0]["code"]), (vec!["/user_id"], &json!("REQUIRED")));
        assert_eq!(scene.auth.register(EMAIL), 201);
        let taken = scene.call().send().expect(409).problem();
        assert_eq!((taken.error_code.as_str(), taken.pointers()), ("EMAIL_TAKEN", vec!["/email"]));
        scene.app.as_role(Role::Reader).post(PATH).json(&body(EMAIL)).send().expect(403);
        assert!(scene.sagas().is_empty());
    });
}

#[test]
fn nothing_begins_while_auth_is_away_and_the_same_request_begins_it_later() {
    on_each(|scene| {
        scene.auth.set_way(Way::Away, 0);
        scene.call().key("k1").send().expect(503);
        assert_eq!((scene.counted(), scene.sagas().len()), (NEITHER, 0));
        scene.auth.set_way(Way::Open, 0);
        scene.call().key("k1").send().expect(202);
        assert_eq!((scene.counted(), scene.sagas().len()), (BOTH, 1));
    });
}

#[test]
fn what_auth_leaves_half_done_is_seen_and_gone_on_with_when_it_is_back() {
    for (way, spared) in [(Way::Away, 1), (Way::Away, 2), (Way::AnswersLost, 1), (Way::AnswersLost, 2)] {
        on_each(|scene| {
            scene.auth.set_way(way, spared);
            let location = scene.begin();
            scene.tick_after(1);
            let saga = scene.show(&location);
            let step = if spared == 1 { "reserve" } else { "add" };
            assert_eq!((&saga["state"], &saga["step"]), (&json!("running"), &json!(step)), "{way:?}");
            assert!(saga["problem"].as_str().unwrap().contains("auth"), "{saga}");
            scene.reader(&saga).expect(404);
            scene.auth.set_way(Way::Open, 0);
            scene.tick_after(11);
            assert_eq!(scene.show(&location)["state"], "completed", "{way:?} after {spared}");
            assert_eq!(scene.counted(), BOTH, "{way:?} after {spared}");
        });
    }
}

#[test]
fn an_address_that_somebody_takes_meanwhile_leaves_neither_and_nothing_of_the_person() {
    on_each(|scene| {
        scene.auth.before("PUT reservations", |app| assert_eq!(auth::register(app, EMAIL), 201));
        let location = scene.begin();
        let saga = scene.show(&location);
        assert_eq!(saga["state"], "compensated", "{saga}");
        assert!(saga["reason"].as_str().unwrap().contains("EMAIL_TAKEN"), "{saga}");
        scene.reader(&saga).expect(404);
        // The account is that of who came first.
        assert_eq!(scene.counted(), [0, 1, 0, 1]);
        assert!(!scene.kept(&saga).contains("Lovelace"));
    });
}

#[test]
fn a_saga_that_gets_no_answer_for_a_day_is_stuck_then_taken_back_and_its_address_is_free() {
    for way in [Way::Away, Way::AnswersLost] {
        on_each(|scene| {
            scene.auth.set_way(way, 1);
            let location = scene.begin();
            scene.tick_after(25 * 60);
            assert_eq!(scene.show(&location)["state"], "stuck");
            let stuck = scene.app.as_role(Role::Admin).get("/api/v1/sagas/readers?state=stuck");
            assert_eq!(stuck.send().expect(200).json()["items"].as_array().unwrap().len(), 1);
            // Tried in vain six times more, it is taken back, which can't be done yet either.
            for _ in 0..5 {
                scene.tick_after(61);
            }
            scene.tick_after(61);
            assert_eq!(scene.show(&location)["state"], "compensating", "{way:?}");
            scene.auth.set_way(Way::Open, 0);
            scene.tick_after(61);
            let saga = scene.show(&location);
            assert_eq!(saga["state"], "compensated", "{saga}");
            assert!(!scene.kept(&saga).contains("Lovelace"));
            assert_eq!(scene.counted(), NEITHER);
            if way == Way::AnswersLost {
                assert_eq!(scene.auth.repeat_reservation(), 409, "what comes late makes no account");
            }
            assert_eq!(scene.auth.register(EMAIL), 201, "the address is free");
        });
    }
}

#[test]
fn an_account_that_is_not_open_yet_is_nobodys_and_holds_its_address() {
    on_each(|scene| {
        scene.auth.set_way(Way::Away, 2);
        let location = scene.begin();
        assert_eq!((scene.auth.sign_in(EMAIL), scene.auth.register(EMAIL)), (401, 409));
        // It waits as long as auth does: what is reserved is not forgotten.
        for _ in 0..60 {
            scene.tick_after(61);
        }
        scene.auth.run(|app| app.tick("hour").unwrap());
        assert_eq!(scene.show(&location)["state"], "stuck");
        scene.auth.set_way(Way::Open, 0);
        scene.tick_after(61);
        assert_eq!((scene.show(&location)["state"].as_str(), scene.counted()), (Some("completed"), BOTH));
    });
}

#[test]
fn both_are_there_once_wherever_readers_dies() {
    // The commits are the beginning with the answer, and three steps.
    for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
        for commit in 0..4 {
            on_each(|scene| {
                scene.app.pass_commits(commit);
                scene.app.fail_next_commit(crash);
                let mut answers = (0..3).map(|_| scene.call().key("k1").send());
                let answer = answers.find(|answer| answer.status() == 202).unwrap();
                scene.tick_after(1);
                let saga = scene.show(answer.header("location").unwrap());
                assert_eq!(saga["state"], "completed", "{crash:?} at {commit}");
                assert_eq!((scene.counted(), scene.sagas().len()), (BOTH, 1), "{crash:?} at {commit}");
                assert_eq!(scene.reader(&saga).expect(200).json()["number"], "2026/1");
            });
        }
    }
}

#[test]
fn both_are_there_once_wherever_auth_dies() {
    // The commits are the proposal, the reservation and the opening.
    for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
        for commit in 0..3 {
            on_each(|scene| {
                scene.auth.run(move |app| {
                    app.pass_commits(commit);
                    app.fail_next_commit(crash);
                });
                let mut answers = (0..3).map(|_| scene.call().key("k1").send());
                let answer = answers.find(|answer| answer.status() == 202).unwrap();
                scene.tick_after(1);
                let saga = scene.show(answer.header("location").unwrap());
                assert_eq!(saga["state"], "completed", "{crash:?} at {commit}");
                assert_eq!((scene.counted(), scene.sagas().len()), (BOTH, 1), "{crash:?} at {commit}");
            });
        }
    }
}

#[test]
fn who_is_erased_before_the_record_is_added_gets_none() {
    on_each(|scene| {
        scene.auth.set_way(Way::AnswersLost, 2);
        let location = scene.begin();
        let created = scene.auth.created();
        let user_id = created[0]["user_id"].as_str().unwrap().to_owned();
        let data =
            json!({ "erasure_id": user_id, "user_id": user_id, "requested_at": "2026-01-02T00:00:00Z" });
        let asked = Event::new("lyceum.users.ErasureRequested.v1", data).about("user", &user_id, 1);
        scene.app.deliver(&asked).unwrap();
        scene.auth.run(move |app| app.deliver(&asked).unwrap());
        scene.auth.set_way(Way::Open, 0);
        scene.tick_after(1);
        let saga = scene.show(&location);
        assert_eq!(saga["state"], "completed", "{saga}");
        assert!(!scene.kept(&saga).contains("Lovelace"));
        assert_eq!(scene.counted(), [0, 0, 0, 1]);
    });
}
