//! `lyceum:data/documents`

use std::sync::Arc;

use lyceum_documents as backend;

use crate::bindings::capabilities::lyceum::data::documents::{
    Change, Document, Error, Host, Modification, Outcome, Page, Query, Remembered, Sort, Written,
};
use crate::guest::Guest;

impl Host for Guest {
    async fn get(
        &mut self,
        collection: String,
        ids: Vec<String>,
    ) -> wasmtime::Result<Result<Vec<Option<Document>>, Error>> {
        let Some(documents) = self.documents() else { return Ok(Err(no_link())) };
        let found = documents.get(&collection, ids, self.database_deadline()).await;
        let all = |found: Vec<Option<backend::Document>>| {
            found.into_iter().map(|found| found.map(Into::into)).collect()
        };
        Ok(found.map(all).map_err(Into::into))
    }

    async fn find(&mut self, query: Query) -> wasmtime::Result<Result<Page, Error>> {
        let Some(documents) = self.documents() else { return Ok(Err(no_link())) };
        let page = documents.find(query.into(), self.database_deadline()).await;
        Ok(page.map(Into::into).map_err(Into::into))
    }

    async fn write(&mut self, write: Modification) -> wasmtime::Result<Result<Outcome, Error>> {
        let Some(documents) = self.documents() else { return Ok(Err(no_link())) };
        let key = write.once.as_ref().map(|once| once.key.clone());
        Ok(match documents.write(write.into(), self.database_deadline()).await {
            Ok(backend::Outcome::Written(written)) => Ok(Outcome::Done(written.into())),
            Ok(backend::Outcome::Duplicate(remembered)) => {
                self.note_duplicate(key.as_deref().unwrap_or_default());
                Ok(Outcome::Duplicate(remembered.into()))
            }
            Err(error) => Err(error.into()),
        })
    }

    async fn recall(
        &mut self,
        collection: String,
        scope: String,
        key: String,
        fingerprint: String,
    ) -> wasmtime::Result<Result<Option<Remembered>, Error>> {
        let Some(documents) = self.documents() else { return Ok(Err(no_link())) };
        let deadline = self.database_deadline();
        let remembered = documents.recall(&collection, &scope, &key, &fingerprint, deadline).await;
        if let Ok(Some(_)) = &remembered {
            self.note_duplicate(&key);
        }
        Ok(remembered.map(|remembered| remembered.map(Into::into)).map_err(Into::into))
    }
}

impl Guest {
    fn documents(&self) -> Option<Arc<dyn backend::Documents>> {
        self.links.documents.clone()
    }
}

fn no_link() -> Error {
    Error::Unavailable("this component has no link to documents".into())
}

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
        Self { id, version, answer: answer.into() }
    }
}

impl From<Query> for backend::Find {
    fn from(Query { collection, filter, sort, limit, cursor }: Query) -> Self {
        let sort = sort.map(|Sort { field, descending }| backend::Sort { field, descending });
        Self { collection, filter, sort, limit, cursor }
    }
}

impl From<Modification> for backend::Write {
    fn from(
        Modification { collection, id, expected_version, change, events, once, context }: Modification,
    ) -> Self {
        let change = match change {
            Change::Put(body) => backend::Change::Put(body),
            Change::Patch(patch) => backend::Change::Patch(patch),
            Change::Rewrite(body) => backend::Change::Rewrite(body),
            Change::Delete => backend::Change::Delete,
        };
        Self {
            collection,
            id,
            expected_version,
            change,
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
