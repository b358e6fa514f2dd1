use std::{cell::RefCell, rc::Rc};

use serde_json::{Value, json};

use super::*;
use crate::{
    context::Context,
    documents::Collection,
    host::{Host, Installed, install},
    once::{Memory, OnceKey, Token},
    response::no_content,
};

static NOTES: Collection<Value> = Collection::new("notes");

fn context(collection: Option<&'static str>) -> Context {
    let key = OnceKey {
        scope: "u1 POST /notes".into(),
        key: "k1".into(),
        fingerprint: String::new(),
        keep_seconds: 1,
    };
    Context::default().with_token(Token::new(Some(key), Memory { collection, ..Memory::default() }))
}

/// Writes everything, after these refusals.
#[derive(Debug)]
struct Store(RefCell<Vec<host::Error>>);

impl host::Documents for Store {
    fn get(&self, _: &str, _: &[String]) -> Result<Vec<Option<host::Document>>, host::Error> {
        Err(host::Error::NotFound)
    }

    fn find(&self, _: &host::Query) -> Result<host::Page, host::Error> {
        Err(host::Error::NotFound)
    }

    fn write(&self, asked: &host::Modification) -> Result<host::Outcome, host::Error> {
        let id = asked.id.clone().unwrap_or_default();
        let done = host::Outcome::Done(host::Written { id, version: 1, body: None });
        self.0.borrow_mut().pop().map_or(Ok(done), Err)
    }

    fn recall(&self, _: &str, _: &str, _: &str, _: &str) -> Result<Option<host::Remembered>, host::Error> {
        Ok(None)
    }
}

fn store(refusals: Vec<host::Error>) -> Installed {
    install(Host { documents: Some(Rc::new(Store(RefCell::new(refusals)))), ..Host::default() })
}

fn put(context: &Context, id: &str) -> RespondingWrite {
    NOTES.put(context, id, &json!({})).respond(no_content())
}

#[test]
fn a_request_writes_one_document_and_others_as_steps() {
    let (_store, context) = (store(Vec::new()), context(None));
    for name in ["c", "d"] {
        let step = NOTES.put(&context.step(name), name, &json!({})).commit();
        assert_eq!(step, Ok(Written::Committed(1)));
    }
    assert_eq!(put(&context, "a").commit().unwrap().status(), 204);
    assert_eq!(put(&context, "b").commit().unwrap_err().status(), 500);
    let late = NOTES.put(&context.step("e"), "e", &json!({})).commit();
    assert!(matches!(late, Err(DocumentsError::Once(_))), "{late:?}");
}

#[test]
fn a_write_that_was_refused_may_be_made_again() {
    let (_store, context) = (store(vec![host::Error::Expectation(2)]), context(None));
    assert_eq!(put(&context, "a").commit().unwrap_err().status(), 412);
    assert_eq!(put(&context, "a").commit().unwrap().status(), 204);
}

#[test]
fn an_answer_is_remembered_only_where_the_route_says() {
    let _store = store(Vec::new());
    assert_eq!(put(&context(Some("others")), "a").commit().unwrap_err().status(), 500);
    assert_eq!(put(&context(Some("notes")), "a").commit().unwrap().status(), 204);
}
