//! One document, its events and the remembered answer, written by one host call.

use std::marker::PhantomData;

use axum::response::{IntoResponse, Response};

use super::DocumentsError;
use crate::{
    answer::{self, Remembered},
    event::Event,
    host::{documents as host, types},
    ids,
    once::{Answering, Cause, Silent, Writing},
    problem::Problem,
};

pub(super) use host::Change;

/// What is to be written together: for a request, if nothing else is said; `Write<Silent>` for an event.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct Write<E = Answering> {
    writing: Writing,
    modification: host::Modification,
    unserializable: Option<String>,
    ending: PhantomData<fn() -> E>,
}

/// How a write ended well.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Written {
    /// Done now: the document's version from now on.
    Committed(u64),
    /// Done before under the same key; nothing was done now. The document's version then.
    Replayed(u64),
}

impl<E> Write<E> {
    pub(super) fn new(
        by: &impl Cause<Ending = E>,
        collection: &str,
        id: &str,
        change: Result<Change, serde_json::Error>,
    ) -> Self {
        let writing = by.writing();
        let (change, unserializable) = match change {
            Ok(change) => (change, None),
            Err(error) => (Change::Delete, Some(error.to_string())),
        };
        let write = host::Modification {
            collection: collection.to_owned(),
            id: Some(id.to_owned()),
            expected_version: None,
            change,
            events: Vec::new(),
            once: None,
            context: writing.context(),
        };
        Self { writing, modification: write, unserializable, ending: PhantomData }
    }

    /// Fails with [`DocumentsError::Expectation`] unless the document has this version; 0 if there must be none.
    pub fn expect_version(mut self, version: u64) -> Self {
        self.modification.expected_version = Some(version);
        self
    }

    /// Publishes an event if, and only if, the document is written. Its aggregate is the document: the type is the
    /// collection's name, the id the document's.
    pub fn publish<V: Event>(mut self, event: &V) -> Self {
        match serde_json::to_string(event) {
            Ok(data) => self.modification.events.push(types::Event {
                id: ids::new().to_string(),
                kind: V::KIND.to_owned(),
                aggregate_type: V::AGGREGATE_TYPE.to_owned(),
                aggregate_id: event.aggregate_id(),
                data,
            }),
            Err(error) => self.unserializable = Some(error.to_string()),
        }
        self
    }

    fn run(self, answer: Vec<u8>) -> Result<Ran, DocumentsError> {
        let Self { mut writing, modification: mut write, unserializable, .. } = self;
        if let Some(reason) = unserializable {
            return Err(DocumentsError::Body { id: write.id.unwrap_or_default(), reason });
        }
        if writing.allow_commit().is_err() {
            return Err(DocumentsError::Conditions);
        }
        write.once = writing.key()?.map(|key| key.to_host(answer));
        let mut result = host::write(&write);
        if write.once.is_some() && matches!(result, Err(host::Error::OutcomeUnknown)) {
            result = host::write(&write);
        }
        if matches!(result, Ok(_) | Err(host::Error::OutcomeUnknown)) {
            writing.spend();
        }
        match result? {
            host::Outcome::Done(written) => Ok(Ran::Now(written.version)),
            host::Outcome::Duplicate(host::Remembered { version, answer, .. }) => {
                Ok(Ran::Before(version, answer))
            }
        }
    }
}

enum Ran {
    Now(u64),
    Before(u64, Vec<u8>),
}

impl Write<Silent> {
    /// Writes all of it, or nothing.
    pub fn commit(self) -> Result<Written, DocumentsError> {
        Ok(match self.run(Vec::new())? {
            Ran::Now(version) => Written::Committed(version),
            Ran::Before(version, _) => Written::Replayed(version),
        })
    }
}

impl Write {
    /// The answer to the request, remembered with its `Idempotency-Key`. It may depend only on the request and on what
    /// was read or made before the write.
    pub fn respond(self, response: impl IntoResponse) -> RespondingWrite {
        RespondingWrite { write: self, response: response.into_response() }
    }
}

/// A write that answers a request.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct RespondingWrite {
    write: Write,
    response: Response,
}

impl RespondingWrite {
    /// Writes all of it, and gives the answer; or the first answer, when a request with the same `Idempotency-Key` was
    /// done before. A document that was changed meanwhile is 412 if a version was expected.
    pub fn commit(self) -> Result<Response, Problem> {
        let Self { write, response } = self;
        let problem = |error| match error {
            DocumentsError::Expectation(_) => Problem::precondition_failed(),
            error => error.into(),
        };
        let named = write.writing.memory().collection;
        if let Some(named) = named.filter(|named| *named != write.modification.collection) {
            return Err(problem(DocumentsError::RememberedElsewhere(named)));
        }
        let (response, answer) = match write.writing.key() {
            Ok(None) => (response, Vec::new()),
            Ok(Some(_)) => answer::remember(response)?,
            Err(error) => return Err(problem(error.into())),
        };
        match write.run(answer).map_err(problem)? {
            Ran::Now(_) => Ok(response),
            Ran::Before(_, answer) => answer::replay(Remembered { rows: Vec::new(), answer }, None),
        }
    }
}

#[cfg(test)]
mod tests {
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

        fn recall(
            &self,
            _: &str,
            _: &str,
            _: &str,
            _: &str,
        ) -> Result<Option<host::Remembered>, host::Error> {
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
        assert_eq!(put(&context, "a").commit().unwrap().status(), 204);
        assert_eq!(put(&context, "b").commit().unwrap_err().status(), 500);
        for name in ["c", "d"] {
            let step = NOTES.put(&context.step(name), name, &json!({})).commit();
            assert_eq!(step, Ok(Written::Committed(1)));
        }
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
}
