//! Between the values on the wire and those of the capability. Events, keys and contexts are those of sql.

use lyceum_documents as backend;

use crate::bindings::documents::exports::lyceum::data::documents::{
    Change, Document, Error, Modification, Outcome, Page, Query, Remembered, Sort, Written,
};

impl From<backend::Document> for Document {
    fn from(backend::Document { id, version, body }: backend::Document) -> Self {
        Self { id, version, body }
    }
}

impl From<backend::Page> for Page {
    fn from(backend::Page { documents, next }: backend::Page) -> Self {
        Self { documents: documents.into_iter().map(Into::into).collect(), next }
    }
}

impl From<backend::Written> for Written {
    fn from(backend::Written { id, version, body }: backend::Written) -> Self {
        Self { id, version, body }
    }
}

impl From<backend::Remembered> for Remembered {
    fn from(backend::Remembered { id, version, answer }: backend::Remembered) -> Self {
        Self { id, version, answer }
    }
}

impl From<backend::Outcome> for Outcome {
    fn from(outcome: backend::Outcome) -> Self {
        match outcome {
            backend::Outcome::Written(written) => Self::Done(written.into()),
            backend::Outcome::Duplicate(remembered) => Self::Duplicate(remembered.into()),
        }
    }
}

impl From<Query> for backend::Find {
    fn from(Query { collection, filter, sort, limit, cursor }: Query) -> Self {
        let sort = sort.map(|Sort { field, descending }| backend::Sort { field, descending });
        Self { collection, filter, sort, limit, cursor }
    }
}

impl From<Change> for backend::Change {
    fn from(change: Change) -> Self {
        match change {
            Change::Put(body) => Self::Put(body),
            Change::Patch(patch) => Self::Patch(patch),
            Change::Rewrite(body) => Self::Rewrite(body),
            Change::Delete => Self::Delete,
        }
    }
}

impl From<Modification> for backend::Write {
    fn from(
        Modification { collection, id, expected_version, change, events, once, context }: Modification,
    ) -> Self {
        Self {
            collection,
            id,
            expected_version,
            change: change.into(),
            events: events.into_iter().map(Into::into).collect(),
            once: once.map(Into::into),
            context: context.into(),
        }
    }
}

impl From<backend::Error> for Error {
    fn from(error: backend::Error) -> Self {
        match error {
            backend::Error::NotFound => Self::NotFound,
            backend::Error::Expectation(version) => Self::Expectation(version),
            backend::Error::KeyReused => Self::KeyReused,
            backend::Error::Conflict => Self::Conflict,
            backend::Error::Invalid(why) => Self::Invalid(why),
            backend::Error::TooLarge(what) => Self::TooLarge(what),
            backend::Error::StorageFull => Self::StorageFull,
            backend::Error::Timeout => Self::Timeout,
            backend::Error::Unavailable(why) => Self::Unavailable(why),
            backend::Error::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}
