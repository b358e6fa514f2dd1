//! `lyceum:data/documents` on the embedded store.

use std::{path::PathBuf, sync::Arc};

use lyceum_documents::{
    self as backend, Backend as _, Collection, Documents as _, Index, Options, SqliteDocuments,
};
use lyceum_kit::{
    host::documents::{
        Change, Document, Documents, Error, Modification, Outcome, Page, Query, Remembered, Sort, Written,
    },
    service::Service,
};

use super::sql::{context_to, event_to, once_to};
use crate::{
    database::Place,
    runtime::{deadline, inside, wait},
};

pub(crate) struct Stored {
    documents: Arc<SqliteDocuments>,
    pub(crate) place: Place,
}

impl Stored {
    /// `None` for a service without collections.
    pub(crate) fn in_file(path: PathBuf, service: &Service, options: Options) -> Option<Self> {
        let collections: Vec<_> = service
            .collections()
            .into_iter()
            .map(|declared| Collection {
                name: declared.name.to_owned(),
                indexes: declared
                    .indexes
                    .iter()
                    .map(|(name, fields)| Index {
                        name: (*name).to_owned(),
                        fields: fields.iter().map(ToString::to_string).collect(),
                    })
                    .collect(),
            })
            .collect();
        if collections.is_empty() {
            return None;
        }
        let documents =
            inside(|| SqliteDocuments::open(&path, service.name(), options)).expect("can't open documents");
        wait(documents.migrate(&collections))
            .unwrap_or_else(|error| panic!("can't make collections: {error}"));
        Some(Self { documents, place: Place::File(path) })
    }
}

impl Documents for Stored {
    fn get(&self, collection: &str, ids: &[String]) -> Result<Vec<Option<Document>>, Error> {
        let found = wait(self.documents.get(collection, ids.to_vec(), deadline())).map_err(error_from)?;
        Ok(found.into_iter().map(|document| document.map(document_from)).collect())
    }

    fn find(&self, query: &Query) -> Result<Page, Error> {
        let Query { collection, filter, sort, limit, cursor } = query.clone();
        let sort = sort.map(|Sort { field, descending }| backend::Sort { field, descending });
        let find = backend::Find { collection, filter, sort, limit, cursor };
        let backend::Page { documents, next } =
            wait(self.documents.find(find, deadline())).map_err(error_from)?;
        Ok(Page { documents: documents.into_iter().map(document_from).collect(), next })
    }

    fn write(&self, modification: &Modification) -> Result<Outcome, Error> {
        let Modification { collection, id, expected_version, change, events, once, context } = modification;
        let write = backend::Write {
            collection: collection.clone(),
            id: id.clone(),
            expected_version: *expected_version,
            change: match change.clone() {
                Change::Put(body) => backend::Change::Put(body),
                Change::Patch(patch) => backend::Change::Patch(patch),
                Change::Rewrite(body) => backend::Change::Rewrite(body),
                Change::Delete => backend::Change::Delete,
            },
            events: events.iter().map(event_to).collect(),
            once: once.as_ref().map(once_to),
            context: context_to(context),
        };
        Ok(match wait(self.documents.write(write, deadline())).map_err(error_from)? {
            backend::Outcome::Written(backend::Written { id, version, body }) => {
                Outcome::Done(Written { id, version, body })
            }
            backend::Outcome::Duplicate(remembered) => Outcome::Duplicate(remembered_from(remembered)),
        })
    }

    fn recall(
        &self,
        collection: &str,
        scope: &str,
        key: &str,
        fingerprint: &str,
    ) -> Result<Option<Remembered>, Error> {
        let remembered = wait(self.documents.recall(collection, scope, key, fingerprint, deadline()));
        remembered.map(|remembered| remembered.map(remembered_from)).map_err(error_from)
    }
}

fn document_from(backend::Document { id, version, body }: backend::Document) -> Document {
    Document { id, version, body }
}

fn remembered_from(backend::Remembered { id, version, answer }: backend::Remembered) -> Remembered {
    Remembered { id, version, answer: answer.into() }
}

fn error_from(error: backend::Error) -> Error {
    match error {
        backend::Error::NotFound => Error::NotFound,
        backend::Error::Expectation(version) => Error::Expectation(version),
        backend::Error::KeyReused => Error::KeyReused,
        backend::Error::Conflict => Error::Conflict,
        backend::Error::Invalid(reason) => Error::Invalid(reason),
        backend::Error::TooLarge(what) => Error::TooLarge(what),
        backend::Error::StorageFull => Error::StorageFull,
        backend::Error::Timeout => Error::Timeout,
        backend::Error::Unavailable(reason) => Error::Unavailable(reason),
        backend::Error::OutcomeUnknown => Error::OutcomeUnknown,
    }
}

crate::host::named!(Stored);
