//! Who has the library's copies or owes it something is not erased, on SQLite and on PostgreSQL: lendings is asked first.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use bytes::Bytes;
use http::{Method, Request, Response};
use lyceum_kit::{clock::Timestamp, role::Role};
use lyceum_testing::{App, Event};
use lyceum_users::SERVICE;
use serde_json::{Value, json};

const BEN: &str = "01890000-0000-7000-8000-000000000002";

/// What the components `lendings` and `auth` would answer.
#[derive(Default)]
struct Others {
    /// How lendings answers the question, and being told; 204 if nothing is said.
    checks: Cell<u16>,
    settles: Cell<u16>,
    /// How auth answers being told.
    closes: Cell<u16>,
    /// What they were told to do, with the path but for its ids.
    told: RefCell<Vec<String>>,
}

impl Others {
    fn answer(&self, name: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let status = match (name, request.method()) {
            ("lendings", &Method::GET) => self.checks.get(),
            ("lendings", &Method::PUT) => self.settles.get(),
            ("auth", &Method::PUT) => self.closes.get(),
            _ => 0,
        };
        if request.method() != Method::GET {
            self.told.borrow_mut().push(format!("{} {name}", request.method()));
        }
        if status == 0 {
            return Response::builder().status(204).body(Bytes::new()).unwrap();
        }
        let code = if name == "lendings" { "COPIES_OUT" } else { "LAST_ADMIN" };
        let problem =
            json!({ "error_code": code, "detail": "Not before that is settled: 2 copies are out." });
        let response = Response::builder().status(status).header("content-type", "application/problem+json");
        response.body(Bytes::from(problem.to_string())).unwrap()
    }
}

struct Scene<'a> {
    app: &'a App,
    others: Rc<Others>,
    now: Cell<i64>,
}

fn on_each(test: impl Fn(&Scene<'_>)) {
    App::new(&SERVICE).on_each_database(|app| {
        let others = Rc::new(Others::default());
        let scene = Scene { app, others: Rc::clone(&others), now: Cell::new(1_767_225_600_000_000) };
        for name in ["auth", "lendings"] {
            let others = Rc::clone(&others);
            app.on_call(name, move |request| others.answer(name, &request));
        }
        app.configure("erasing_services", "auth lendings users");
        scene.tick_after(0);
        let data = json!({
            "user_id": BEN, "email": "ben@example.org", "display_name": "Ben", "roles": ["student"],
            "created_at": "2026-01-01T00:00:00Z",
        });
        app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", BEN, 1)).unwrap();
        test(&scene);
    });
}

impl Scene<'_> {
    fn tick_after(&self, minutes: i64) {
        self.now.set(self.now.get() + minutes * 60_000_000);
        self.app.stop_clock(Timestamp::from_micros(self.now.get()));
        self.app.tick("minute").unwrap();
    }

    /// Ben asks to be erased; where he can see how far that is.
    fn erase(&self) -> String {
        let answer = self.app.as_user(BEN).delete("/api/v1/users/me").send().expect(202);
        answer.header("location").unwrap().to_owned()
    }

    fn show(&self, location: &str) -> Value {
        self.app.as_user(BEN).get(location).send().expect(200).json()
    }

    fn told(&self) -> Vec<String> {
        self.others.told.borrow().clone()
    }

    /// Whether everything of Ben is there, and nobody was asked to erase anything.
    fn is_whole(&self) {
        self.app.as_user(BEN).get("/api/v1/users/me").send().expect(200);
        assert_eq!(self.app.events_of("lyceum.users.ErasureRequested.v1").len(), 0);
    }
}

#[test]
fn who_has_copies_is_refused_before_anything_begins_and_told_why() {
    on_each(|scene| {
        scene.others.checks.set(409);
        for who in [scene.app.as_user(BEN), scene.app.as_role(Role::Admin)] {
            let refused = who.delete(&format!("/api/v1/users/{BEN}")).key("k").send().expect(409).problem();
            assert_eq!(refused.error_code, "COPIES_OUT");
            assert!(refused.detail.contains("2 copies are out"), "{}", refused.detail);
        }
        let sagas = scene.app.as_role(Role::Admin).get("/api/v1/sagas/users").send().expect(200).json();
        assert_eq!((&sagas["items"], scene.told()), (&json!([]), Vec::new()));
        scene.is_whole();
        // They are back: the same request is not remembered as refused.
        scene.others.checks.set(0);
        let begun = scene.app.as_user(BEN).delete("/api/v1/users/me").key("k").send().expect(202);
        assert_eq!(scene.show(begun.header("location").unwrap())["step"], "ask");
        assert_eq!(scene.told(), ["PUT lendings", "PUT auth"]);
    });
}

#[test]
fn who_borrows_at_that_very_moment_stays_and_is_not_even_signed_out() {
    on_each(|scene| {
        scene.others.settles.set(409);
        let saga = scene.show(&scene.erase());
        assert_eq!(saga["state"], "compensated", "{saga}");
        assert!(saga["reason"].as_str().unwrap().contains("COPIES_OUT"), "{saga}");
        assert_eq!(scene.told(), ["PUT lendings"]);
        scene.is_whole();
    });
}

#[test]
fn nothing_is_erased_while_lendings_is_away_and_all_of_it_afterwards() {
    on_each(|scene| {
        scene.others.checks.set(503);
        scene.others.settles.set(503);
        let location = scene.erase();
        for _ in 0..20 {
            scene.tick_after(11);
        }
        let saga = scene.show(&location);
        assert_eq!((&saga["state"], &saga["step"]), (&json!("running"), &json!("settle")));
        assert!(saga["problem"].as_str().unwrap().contains("lendings"), "{saga}");
        assert!(scene.told().iter().all(|told| told == "PUT lendings"));
        scene.is_whole();
        scene.others.settles.set(0);
        scene.tick_after(11);
        assert_eq!(scene.show(&location)["step"], "ask");
    });
}

#[test]
fn who_can_not_go_for_another_reason_or_not_within_a_day_may_borrow_again() {
    on_each(|scene| {
        scene.others.closes.set(409);
        let saga = scene.show(&scene.erase());
        assert_eq!(saga["state"], "compensated", "{saga}");
        assert_eq!(scene.told(), ["PUT lendings", "PUT auth", "DELETE lendings"]);
        scene.is_whole();
        scene.others.settles.set(503);
        let location = scene.erase();
        for _ in 0..60 {
            scene.tick_after(61);
        }
        assert_eq!(scene.show(&location)["state"], "compensated");
        assert_eq!(scene.told().last().unwrap(), "DELETE lendings");
        scene.is_whole();
    });
}
