//! A reader's record is deleted on SQLite and on PostgreSQL, if lendings agrees.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use http::Response;
use lyceum_kit::{http::SendError, role::Role};
use lyceum_readers::SERVICE;
use lyceum_testing::{App, Event};
use serde_json::json;

const ADA: &str = "01890000-0000-7000-8000-00000000000a";

/// What lendings answers: a status, or nothing.
type Answered = Rc<RefCell<Option<u16>>>;

/// Ada is a reader, at this path.
fn on_each(test: impl Fn(&App, &str, &Answered, &RefCell<Vec<String>>)) {
    App::new(&SERVICE).on_each_database(|app| {
        let (answered, asked) = (Answered::default(), Rc::new(RefCell::default()));
        let (answers, calls): (_, Rc<RefCell<Vec<String>>>) = (Rc::clone(&answered), Rc::clone(&asked));
        app.on_send("lendings", move |request| {
            calls.borrow_mut().push(format!("{} {}", request.method(), request.uri().path()));
            let Some(status) = *answers.borrow() else {
                return Err(SendError::Unavailable("the test says so".into()));
            };
            let problem = json!({ "error_code": "COPIES_OUT", "detail": "2 copies are out." }).to_string();
            let body = if status == 204 { Bytes::new() } else { problem.into() };
            let response =
                Response::builder().status(status).header("content-type", "application/problem+json");
            Ok(response.body(body).unwrap())
        });
        let data = json!({
            "user_id": ADA, "email": "a@example.org", "display_name": "A", "roles": ["reader"],
            "created_at": "2026-01-01T00:00:00Z",
        });
        app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", ADA, 1)).unwrap();
        let fields = json!({
            "user_id": ADA, "full_name": "Ada", "email": "a@example.org", "birth_date": "2000-01-31",
            "gdpr_consent": true,
        });
        let added = app.as_role(Role::Librarian).post("/api/v1/readers").json(&fields).send().expect(201);
        test(app, added.header("location").unwrap(), &answered, &asked);
    });
}

fn removals(app: &App) -> usize {
    app.events_of("lyceum.readers.ReaderRemoved.v1").len()
}

#[test]
fn a_reader_who_has_copies_stays_and_it_is_said_how_many_until_they_are_back() {
    on_each(|app, path, answered, asked| {
        let librarian = app.as_role(Role::Librarian);
        *answered.borrow_mut() = Some(409);
        let refused = librarian.delete(path).send().expect(409).problem();
        assert_eq!(
            (refused.error_code.as_str(), refused.detail.as_str()),
            ("COPIES_OUT", "2 copies are out.")
        );
        librarian.get(path).send().expect(200);
        assert_eq!(removals(app), 0);
        let id = path.rsplit('/').next().unwrap();
        assert_eq!(*asked.borrow(), [format!("PUT /borrowers/{ADA}/removals/{id}")]);
        *answered.borrow_mut() = Some(204);
        librarian.delete(path).send().expect(204);
        librarian.get(path).send().expect(404);
        assert_eq!(removals(app), 1);
    });
}

#[test]
fn nobody_is_deleted_while_lendings_does_not_answer_as_it_should() {
    on_each(|app, path, answered, _| {
        let librarian = app.as_role(Role::Librarian);
        for (status, told) in [(None, 503), (Some(503), 503), (Some(500), 503), (Some(403), 502)] {
            *answered.borrow_mut() = status;
            librarian.delete(path).send().expect(told);
            librarian.get(path).send().expect(200);
        }
        assert_eq!(removals(app), 0);
    });
}

#[test]
fn lendings_is_asked_of_readers_only_who_would_be_deleted() {
    on_each(|app, path, _, asked| {
        app.as_role(Role::Librarian).delete(path).if_match("\"7\"").send().expect(412);
        app.as_role(Role::Reader).delete(path).send().expect(403);
        app.as_role(Role::Librarian).delete(&format!("/api/v1/readers/{ADA}")).send().expect(404);
        assert!(asked.borrow().is_empty());
    });
}
