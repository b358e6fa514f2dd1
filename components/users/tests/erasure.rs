//! The erasure of a person on SQLite and on PostgreSQL: who may ask for it, who has to answer, and what becomes of it when
//! somebody doesn't.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use bytes::Bytes;
use http::{Method, Request, Response};
use lyceum_kit::{clock::Timestamp, role::Role};
use lyceum_testing::{App, Crash, Event};
use lyceum_users::SERVICE;
use serde_json::{Value, json};

const BEN: &str = "01890000-0000-7000-8000-000000000002";
const CLEO: &str = "01890000-0000-7000-8000-000000000003";
const REQUESTED: &str = "lyceum.users.ErasureRequested.v1";
const ANSWERED: &str = "lyceum.platform.ErasureAnswered.v1";
const PATH: &str = "/api/v1/users/01890000-0000-7000-8000-000000000002";

/// Ben and Cleo have accounts, and three services have something of theirs.
fn on_each(test: impl Fn(&Scene<'_>)) {
    App::new(&SERVICE).on_each_database(|app| {
        let auth = Rc::new(Auth::default());
        let scene = Scene { app, auth: Rc::clone(&auth), now: Cell::new(1_767_225_600_000_000) };
        app.on_call("auth", move |request| auth.answer(&request));
        scene.pass(0);
        app.configure("erasing_services", "auth files users");
        for (user_id, name) in [(BEN, "Ben"), (CLEO, "Cleo")] {
            let data = json!({
                "user_id": user_id,
                "email": format!("{name}@example.org"),
                "display_name": name,
                "roles": ["student"],
                "created_at": "2026-01-01T00:00:00Z",
            });
            app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", user_id, 1)).unwrap();
        }
        test(&scene);
        app.explain().assert_indexed(&[]);
    });
}

/// What the component `auth` would answer.
#[derive(Default)]
struct Auth {
    /// How it answers the question whether an account could be closed, the closing and the opening, if not with 204.
    checks: Cell<u16>,
    closes: Cell<u16>,
    reopens: Cell<u16>,
    /// Accounts that were closed, and opened again, as it was asked.
    asked: RefCell<Vec<String>>,
}

impl Auth {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let status = match *request.method() {
            Method::GET => self.checks.get(),
            Method::PUT => self.closes.get(),
            _ => self.reopens.get(),
        };
        if request.method() != Method::GET {
            self.asked.borrow_mut().push(format!("{} {}", request.method(), request.uri().path()));
        }
        if status == 0 {
            return Response::builder().status(204).body(Bytes::new()).unwrap();
        }
        let code = if status == 409 { "LAST_ADMIN" } else { "INTERNAL" };
        let problem = json!({ "error_code": code, "detail": "Nobody would be left to give roles." });
        let response = Response::builder().status(status).header("content-type", "application/problem+json");
        response.body(Bytes::from(problem.to_string())).unwrap()
    }
}

/// The id that a saga's events carry.
fn id_of(location: &str) -> &str {
    location.strip_prefix("/api/v1/sagas/users-").unwrap()
}

/// Another service has erased what it had.
fn answer_of(location: &str, service: &str) -> Event {
    let data = json!({
        "erasure_id": id_of(location),
        "user_id": BEN,
        "service": service,
        "erased_at": "2026-01-02T00:00:00Z",
    });
    Event::new(ANSWERED, data).about("user", BEN, 1)
}

struct Scene<'a> {
    app: &'a App,
    auth: Rc<Auth>,
    now: Cell<i64>,
}

impl Scene<'_> {
    fn pass(&self, minutes: i64) {
        self.now.set(self.now.get() + minutes * 60_000_000);
        self.app.stop_clock(Timestamp::from_micros(self.now.get()));
    }

    fn tick_after(&self, minutes: i64) {
        self.pass(minutes);
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

    /// Delivers to users itself what it has asked all.
    fn hear(&self) {
        self.app.deliver(&self.app.events_of(REQUESTED).last().unwrap().to_deliver()).unwrap();
        self.app.deliver(&self.app.events_of(ANSWERED).last().unwrap().to_deliver()).unwrap();
    }

    fn asked(&self) -> usize {
        self.app.events_of(REQUESTED).len()
    }
}

#[test]
fn a_person_is_erased_when_every_service_has_answered_in_any_order_and_twice() {
    on_each(|scene| {
        let location = scene.erase();
        assert_eq!(scene.show(&location)["waiting_for"], json!(["auth", "files", "users"]));
        let files = answer_of(&location, "files");
        scene.app.deliver(&files).unwrap();
        scene.app.deliver(&files).unwrap();
        scene.hear();
        assert_eq!(scene.show(&location)["waiting_for"], json!(["auth"]));
        assert_eq!(scene.show(&location)["state"], "running");
        scene.app.deliver(&answer_of(&location, "auth")).unwrap();
        let saga = scene.show(&location);
        assert_eq!((&saga["state"], &saga["subject"]), (&json!("completed"), &json!(BEN)));
        let closed = format!("PUT /accounts/{BEN}/erasures/{}", id_of(&location));
        assert_eq!(*scene.auth.asked.borrow(), [closed]);
        scene.app.as_role(Role::Admin).get(PATH).send().expect(404);
        assert_eq!(scene.asked(), 1);
    });
}

#[test]
fn an_erasure_is_asked_for_by_the_person_or_an_administrator_and_is_one() {
    on_each(|scene| {
        scene.app.anonymous().delete(PATH).send().expect(401);
        scene.app.as_user(CLEO).delete(PATH).send().expect(404);
        scene.app.as_user(CLEO).delete("/api/v1/users/me").if_match("\"9\"").send().expect(412);
        assert_eq!(scene.asked(), 0);
        let location = scene.erase();
        assert_eq!(scene.erase(), location);
        let admin = scene.app.as_role(Role::Admin).delete(PATH).key("k").send().expect(202);
        assert_eq!((admin.header("location"), scene.asked()), (Some(location.as_str()), 1));
        scene.app.as_user(CLEO).get(&location).send().expect(404);
        scene.app.as_role(Role::Librarian).get("/api/v1/sagas/users").send().expect(403);
        scene.app.as_role(Role::Admin).get(&location).send().expect(200);
        // Also when users itself has nothing left of the person, and as long as others have.
        scene.hear();
        let again = scene.app.as_role(Role::Admin).delete(PATH).send().expect(202);
        assert_eq!(again.header("location"), Some(location.as_str()));
        for service in ["auth", "files"] {
            scene.app.deliver(&answer_of(&location, service)).unwrap();
        }
        scene.app.as_role(Role::Admin).delete(PATH).send().expect(404);
        assert_eq!(scene.asked(), 1);
    });
}

#[test]
fn the_last_administrator_is_refused_before_anything_begins() {
    on_each(|scene| {
        scene.auth.checks.set(409);
        let refused = scene.app.as_role(Role::Admin).delete(PATH).key("k").send().expect(409);
        assert_eq!(refused.problem().error_code, "LAST_ADMIN");
        let sagas = scene.app.as_role(Role::Admin).get("/api/v1/sagas/users").send().expect(200).json();
        assert_eq!((&sagas["items"], scene.asked()), (&json!([]), 0));
        // The other one came back: the same request is not remembered as refused.
        scene.auth.checks.set(0);
        scene.app.as_role(Role::Admin).delete(PATH).key("k").send().expect(202);
    });
}

#[test]
fn who_becomes_the_last_administrator_meanwhile_stays_and_can_be_erased_later() {
    on_each(|scene| {
        scene.auth.closes.set(409);
        let location = scene.erase();
        let saga = scene.show(&location);
        assert_eq!(saga["state"], "compensated", "{saga}");
        assert!(saga["reason"].as_str().unwrap().contains("LAST_ADMIN"), "{saga}");
        scene.app.as_user(BEN).get("/api/v1/users/me").send().expect(200);
        assert_eq!(scene.asked(), 0);
        // Nothing was closed that would have to be opened.
        assert_eq!(scene.auth.asked.borrow().len(), 1);
        scene.auth.closes.set(0);
        assert_ne!(scene.erase(), location);
        assert_eq!(scene.asked(), 1);
    });
}

#[test]
fn an_erasure_waits_for_auth_while_it_is_away_and_closes_the_account_then() {
    on_each(|scene| {
        scene.auth.checks.set(503);
        scene.auth.closes.set(503);
        let location = scene.erase();
        for _ in 0..20 {
            scene.tick_after(11);
        }
        let saga = scene.show(&location);
        assert_eq!((&saga["state"], &saga["step"]), (&json!("running"), &json!("close")));
        assert!(saga["problem"].as_str().unwrap().contains("auth"), "{saga}");
        assert_eq!(scene.asked(), 0);
        scene.auth.closes.set(0);
        scene.tick_after(11);
        assert_eq!((&scene.show(&location)["step"], scene.asked()), (&json!("ask"), 1));
    });
}

#[test]
fn an_account_that_can_not_be_closed_within_a_day_is_opened_again_and_its_owner_stays() {
    on_each(|scene| {
        scene.auth.closes.set(503);
        let location = scene.erase();
        for _ in 0..60 {
            scene.tick_after(61);
        }
        let saga = scene.show(&location);
        assert_eq!(saga["state"], "compensated", "{saga}");
        let opened = format!("DELETE /accounts/{BEN}/erasures/{}", id_of(&location));
        assert_eq!(scene.auth.asked.borrow().last(), Some(&opened));
        scene.app.as_user(BEN).get("/api/v1/users/me").send().expect(200);
        assert_eq!(scene.asked(), 0);
    });
}

#[test]
fn who_does_not_answer_is_asked_again_named_and_never_given_up() {
    on_each(|scene| {
        let location = scene.erase();
        scene.app.deliver(&answer_of(&location, "files")).unwrap();
        scene.tick_after(30);
        assert_eq!(scene.asked(), 1);
        scene.tick_after(31);
        assert_eq!(scene.asked(), 2);
        for _ in 0..40 {
            scene.tick_after(61);
        }
        let stuck =
            scene.app.as_role(Role::Admin).get("/api/v1/sagas/users?state=stuck").send().expect(200).json();
        assert_eq!(stuck["items"][0]["waiting_for"], json!(["auth", "users"]));
        assert_eq!(stuck["items"][0]["problem"], "no answer came in time from auth, users");
        scene.hear();
        scene.app.deliver(&answer_of(&location, "auth")).unwrap();
        assert_eq!(scene.show(&location)["state"], "completed");
    });
}

#[test]
fn a_service_that_was_taken_away_is_not_waited_for() {
    on_each(|scene| {
        let location = scene.erase();
        scene.hear();
        scene.app.deliver(&answer_of(&location, "files")).unwrap();
        scene.app.configure("erasing_services", "files users");
        scene.tick_after(61);
        assert_eq!((&scene.show(&location)["state"], scene.asked()), (&json!("completed"), 1));
    });
}

#[test]
fn an_erasure_is_asked_for_once_wherever_the_process_dies() {
    for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
        for commit in 1..5 {
            on_each(|scene| {
                scene.app.pass_commits(commit);
                scene.app.fail_next_commit(crash);
                let location = scene.erase();
                scene.tick_after(1);
                for service in ["auth", "files", "users"] {
                    let answer = answer_of(&location, service);
                    while scene.app.deliver(&answer).is_err() {}
                }
                assert_eq!(scene.show(&location)["state"], "completed", "{crash:?} at {commit}");
                assert_eq!(scene.asked(), 1);
            });
        }
    }
}

#[test]
fn those_who_are_waited_for_are_those_who_subscribe_in_the_manifest() {
    let manifest: toml::Table = include_str!("../../../spin.toml").parse().unwrap();
    let components = manifest["component"].as_table().unwrap();
    let listens = |component: &toml::Value| {
        let subscriptions = component.get("tool")?.get("lyceum")?.get("subscriptions")?.as_array()?;
        subscriptions.iter().find(|one| one["kind"].as_str() == Some(REQUESTED)).map(drop)
    };
    let asked = components.iter().filter(|(_, component)| listens(component).is_some());
    let mut asked: Vec<_> = asked.map(|(name, _)| name.as_str()).collect();
    let waited_for = components["users"]["variables"]["erasing_services"].as_str().unwrap();
    let mut waited_for: Vec<_> = waited_for.split_whitespace().collect();
    asked.sort_unstable();
    waited_for.sort_unstable();
    assert_eq!(waited_for, asked);
}
