//! One document, its events and the remembered answer, written by one host call.

use crate::host::{documents as host, types};
use axum::response::{IntoResponse, Response};

use super::DocumentsError;
use crate::{answer, context::Context, event::Event, ids, problem::Problem};

pub(super) use host::Change;

/// What is to be written together.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct Write {
    context: Context,
    modification: host::Modification,
    unserializable: Option<String>,
}

/// How a write ended well.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Written {
    /// Done now: the document's version from now on.
    Now(u64),
    /// Done before under the same key; nothing was done now. What was answered then.
    Before(Vec<u8>),
}

impl Write {
    pub(super) fn new(
        context: &Context,
        collection: &str,
        id: &str,
        change: Result<Change, serde_json::Error>,
    ) -> Self {
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
            context: context.to_host(),
        };
        Self { context: context.clone(), modification: write, unserializable }
    }

    /// Fails with [`DocumentsError::Expectation`] unless the document has this version; 0 if there must be none.
    pub fn expect_version(mut self, version: u64) -> Self {
        self.modification.expected_version = Some(version);
        self
    }

    /// Publishes an event if, and only if, the document is written. Its aggregate is the document: the type is the
    /// collection's name, the id the document's.
    pub fn publish<E: Event>(mut self, event: &E) -> Self {
        match serde_json::to_string(event) {
            Ok(data) => self.modification.events.push(types::Event {
                id: ids::new().to_string(),
                kind: E::KIND.to_owned(),
                aggregate_type: E::AGGREGATE_TYPE.to_owned(),
                aggregate_id: event.aggregate_id(),
                data,
            }),
            Err(error) => self.unserializable = Some(error.to_string()),
        }
        self
    }

    /// The answer to the request, remembered with its `Idempotency-Key`. It may depend only on the request and on what
    /// was read or made before the write.
    pub fn respond(self, response: impl IntoResponse) -> RespondingWrite {
        RespondingWrite { write: self, response: response.into_response() }
    }

    /// Writes all of it, or nothing.
    pub fn commit(self) -> Result<Written, DocumentsError> {
        self.commit_with(Vec::new())
    }

    fn commit_with(self, answer: Vec<u8>) -> Result<Written, DocumentsError> {
        let Self { context, modification: mut write, unserializable } = self;
        if let Some(reason) = unserializable {
            return Err(DocumentsError::Body { id: write.id.unwrap_or_default(), reason });
        }
        write.once = context.once().map(|once| types::Once {
            scope: once.scope.clone(),
            key: once.key.clone(),
            fingerprint: once.fingerprint.clone(),
            keep_seconds: once.keep_seconds,
            answer,
        });
        let mut result = host::write(&write);
        if write.once.is_some() && matches!(result, Err(host::Error::OutcomeUnknown)) {
            result = host::write(&write);
        }
        match result? {
            host::Outcome::Done(written) => Ok(Written::Now(written.version)),
            host::Outcome::Duplicate(remembered) => Ok(Written::Before(remembered.answer)),
        }
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
        if write.context.once().is_none() {
            write.commit().map_err(problem)?;
            return Ok(response);
        }
        let (response, answer) = answer::remember(response)?;
        match write.commit_with(answer).map_err(problem)? {
            Written::Now(_) => Ok(response),
            Written::Before(answer) => answer::replay(&answer),
        }
    }
}
