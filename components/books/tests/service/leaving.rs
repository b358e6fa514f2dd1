//! Books that are deleted: lendings says whether somebody has them, or waits for them.

use std::cell::RefCell;
use std::rc::Rc;

use lyceum_kit::http::SendError;
use lyceum_kit::prelude::{Bytes, Request, Response};

use super::*;

/// From now on nobody has or awaits any book that is deleted.
pub(super) fn of_nobody(app: &App) {
    app.on_call("lendings", |_| Response::builder().status(204).body(Bytes::new()).unwrap());
}

/// What lendings answers: a status, or nothing.
type Answered = Rc<RefCell<Option<u16>>>;

/// Lendings answers so from now on, and what it was asked is noted.
fn answering(app: &App) -> (Answered, Rc<RefCell<Vec<String>>>) {
    let (answered, asked) = (Answered::default(), Rc::<RefCell<Vec<String>>>::default());
    let (answers, calls) = (Rc::clone(&answered), Rc::clone(&asked));
    app.on_send("lendings", move |request: Request<Bytes>| {
        calls.borrow_mut().push(format!("{} {}", request.method(), request.uri().path()));
        let Some(status) = *answers.borrow() else {
            return Err(SendError::Unavailable("the test says so".into()));
        };
        let problem = json!({ "error_code": "BOOK_IN_USE", "detail": "Somebody has it." }).to_string();
        let body = if status == 204 { Bytes::new() } else { problem.into() };
        Ok(Response::builder().status(status).body(body).unwrap())
    });
    (answered, asked)
}

fn removals(app: &App) -> usize {
    app.events_of("lyceum.books.BookRemoved.v1").len()
}

#[test]
fn a_book_that_somebody_has_or_awaits_stays_and_it_is_said_why() {
    App::new(&SERVICE).on_each_database(|app| {
        let (answered, asked) = answering(app);
        let id = titled(app, "Emma");
        *answered.borrow_mut() = Some(409);
        let refused = librarian(app).delete(&path_of(&id)).send().expect(409).problem();
        assert_eq!(
            (refused.error_code.as_str(), refused.detail.as_str()),
            ("BOOK_IN_USE", "Somebody has it.")
        );
        shown(app, &path_of(&id));
        assert_eq!(
            (removals(app), asked.borrow().clone()),
            (0, vec![format!("PUT /borrowed-books/{id}/removal")])
        );
        *answered.borrow_mut() = Some(204);
        librarian(app).delete(&path_of(&id)).send().expect(204);
        assert_eq!(removals(app), 1);
    });
}

#[test]
fn no_book_is_deleted_while_lendings_does_not_answer_and_all_are_found() {
    App::new(&SERVICE).on_each_database(|app| {
        let (answered, asked) = answering(app);
        let path = path_of(&titled(app, "Emma"));
        for (status, told) in [(None, 503), (Some(503), 503), (Some(500), 503), (Some(403), 502)] {
            *answered.borrow_mut() = status;
            let answer = librarian(app).delete(&path).send().expect(told);
            // So the caller's mesh knows that it isn't the catalogue that fails.
            let away = answer.header("lyceum-unavailable");
            assert_eq!(away, (told == 503).then_some("lendings"));
        }
        assert_eq!((removals(app), asked.borrow().len()), (0, 4));
        *answered.borrow_mut() = None;
        shown(app, &path);
        assert_eq!(titles(&list(app, "?q=emma")), ["Emma"]);
        assert_eq!(asked.borrow().len(), 4);
    });
}

#[test]
fn lendings_is_asked_of_books_only_that_would_be_deleted() {
    App::new(&SERVICE).on_each_database(|app| {
        let (_, asked) = answering(app);
        let book = titled(app, "Emma");
        let path = path_of(&book);
        librarian(app).delete(&path).if_match("\"7\"").send().expect(412);
        app.as_role(Role::Reader).delete(&path).send().expect(403);
        librarian(app).delete(&path_of(NOBODY)).send().expect(404);
        items::copy(app, &book, "b1");
        assert_eq!(librarian(app).delete(&path).send().expect(409).problem().error_code, "BOOK_HAS_ITEMS");
        assert!(asked.borrow().is_empty());
    });
}
