//! Calls of components.

use std::time::{Duration, Instant};

use anyhow::Result;
use wasmcloud_provider_sdk::Context;

use super::links::DocumentsProvider;
use crate::bindings::documents::exports::lyceum::data::documents::{
    Document, Error, Handler, Modification, Outcome, Page, Query, Remembered,
};

/// How long a call may take. What calls carry says nothing of the caller's own deadline, which is later.
const TIMEOUT: Duration = Duration::from_secs(10);

type Answer<T> = Result<Result<T, Error>>;

fn deadline() -> Instant {
    Instant::now() + TIMEOUT
}

fn no_link() -> Error {
    Error::Unavailable("this component has no link to documents".to_owned())
}

impl Handler<Option<Context>> for DocumentsProvider {
    async fn get(
        &self,
        context: Option<Context>,
        collection: String,
        ids: Vec<String>,
    ) -> Answer<Vec<Option<Document>>> {
        let Some(linked) = self.of_caller(context.as_ref()) else { return Ok(Err(no_link())) };
        let found = linked.documents.get(&collection, ids, deadline()).await;
        Ok(match found {
            Ok(found) => Ok(found.into_iter().map(|found| found.map(Into::into)).collect()),
            Err(error) => Err(error.into()),
        })
    }

    async fn find(&self, context: Option<Context>, query: Query) -> Answer<Page> {
        let Some(linked) = self.of_caller(context.as_ref()) else { return Ok(Err(no_link())) };
        let page = linked.documents.find(query.into(), deadline()).await;
        Ok(page.map(Into::into).map_err(Into::into))
    }

    async fn write(&self, context: Option<Context>, write: Modification) -> Answer<Outcome> {
        let Some(linked) = self.of_caller(context.as_ref()) else { return Ok(Err(no_link())) };
        let outcome = linked.documents.write(write.into(), deadline()).await;
        Ok(outcome.map(Into::into).map_err(Into::into))
    }

    async fn recall(
        &self,
        context: Option<Context>,
        collection: String,
        scope: String,
        key: String,
        fingerprint: String,
    ) -> Answer<Option<Remembered>> {
        let Some(linked) = self.of_caller(context.as_ref()) else { return Ok(Err(no_link())) };
        let remembered = linked.documents.recall(&collection, &scope, &key, &fingerprint, deadline()).await;
        Ok(remembered.map(|remembered| remembered.map(Into::into)).map_err(Into::into))
    }
}
