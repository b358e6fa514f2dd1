//! One document, its events and the remembered answer, written by one host call.

use std::marker::PhantomData;

use axum::response::{IntoResponse, Response};

use super::{DocumentsError, migration::Schema};
use crate::{
    answer::{self, Remembered},
    event::Event,
    host::{documents as host, types},
    ids,
    merge_patch::merge,
    once::{Answering, Cause, Silent, Writing},
    problem::Problem,
};

pub(super) use host::Change;

/// How often a patch is computed anew when others write the document at the same time.
const ATTEMPTS: usize = 30;

/// What is to be written together: for a request, if nothing else is said; `Write<Silent>` for an event.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct Write<E = Answering> {
    writing: Writing,
    schema: Schema,
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
        schema: Schema,
        id: &str,
        change: Result<Change, String>,
    ) -> Self {
        let writing = by.writing();
        let (change, unserializable) = match change {
            Ok(change) => (change, None),
            Err(reason) => (Change::Delete, Some(reason)),
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
        Self { writing, schema, modification: write, unserializable, ending: PhantomData }
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
        let Self { mut writing, schema, modification: mut write, unserializable, .. } = self;
        if let Some(reason) = unserializable {
            return Err(DocumentsError::Body { id: write.id.unwrap_or_default(), reason });
        }
        if writing.allow_commit().is_err() {
            return Err(DocumentsError::Conditions);
        }
        write.once = writing.key()?.map(|key| key.to_host(answer));
        let result = match &write.change {
            Change::Patch(patch) => merged(schema, &write, patch),
            _ => send(&write).map_err(Into::into),
        };
        if matches!(result, Ok(_) | Err(DocumentsError::OutcomeUnknown)) {
            writing.spend();
        }
        match result? {
            host::Outcome::Done(written) => Ok(Ran::Committed(written.version)),
            host::Outcome::Duplicate(host::Remembered { version, answer, .. }) => {
                Ok(Ran::Replayed(version, answer))
            }
        }
    }
}

/// One host call; a second one where the first one's outcome is unknown and the second can't be done twice.
fn send(write: &host::Modification) -> Result<host::Outcome, host::Error> {
    let result = host::write(write);
    if write.once.is_some() && matches!(result, Err(host::Error::OutcomeUnknown)) {
        return host::write(write);
    }
    result
}

/// Merges a patch here and not in the host, which doesn't know what the members of an older body are called today.
fn merged(schema: Schema, write: &host::Modification, patch: &str) -> Result<host::Outcome, DocumentsError> {
    for _ in 0..ATTEMPTS {
        match send(&whole(schema, write, patch)?) {
            // Somebody else wrote it since it was read.
            Err(host::Error::Expectation(_)) if write.expected_version.is_none() => {}
            result => return Ok(result?),
        }
    }
    Err(DocumentsError::Conflict)
}

/// The patch as a put of what it makes of the present body.
fn whole(
    schema: Schema,
    write: &host::Modification,
    patch: &str,
) -> Result<host::Modification, DocumentsError> {
    let id = write.id.clone().unwrap_or_default();
    let found = host::get(&write.collection, std::slice::from_ref(&id))?;
    let Some(found) = found.into_iter().flatten().next() else {
        // Refused, or known to be done before; should it be there by now, it is read again.
        let expected_version = write.expected_version.or(Some(u64::MAX));
        return Ok(host::Modification { expected_version, ..write.clone() });
    };
    let wrong = |reason| DocumentsError::Body { id: id.clone(), reason };
    let mut body = schema.read(&id, &found.body)?;
    let patch = serde_json::from_str(patch).map_err(|error| wrong(error.to_string()))?;
    merge(&mut body, &patch);
    let change = Change::Put(schema.write(&body).map_err(wrong)?);
    let expected_version = write.expected_version.or(Some(found.version));
    Ok(host::Modification { change, expected_version, ..write.clone() })
}

enum Ran {
    Committed(u64),
    Replayed(u64, Vec<u8>),
}

impl Write<Silent> {
    /// Writes all of it, or nothing.
    pub fn commit(self) -> Result<Written, DocumentsError> {
        Ok(match self.run(Vec::new())? {
            Ran::Committed(version) => Written::Committed(version),
            Ran::Replayed(version, _) => Written::Replayed(version),
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
            Ran::Committed(_) => Ok(response),
            Ran::Replayed(_, answer) => answer::replay(Remembered { rows: Vec::new(), answer }, None),
        }
    }
}

#[cfg(test)]
mod tests;
