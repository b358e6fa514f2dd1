//! Finding documents.

use std::marker::PhantomData;

use crate::host::documents as host;
use axum::response::Response;
use serde::{Serialize, de::DeserializeOwned};

use super::{DocumentsError, Filter, Stored, collection::stored, migration::Schema, rewrite::is_caught_up};
use crate::page::Page;

/// A question that was not asked yet.
#[derive(Debug)]
#[must_use = "nothing is asked before `first` or `page`"]
pub struct Find<T> {
    query: host::Query,
    schema: Schema,
    /// Whether a migration changes a field that it looks at.
    looks_at_changed: bool,
    body: PhantomData<fn() -> T>,
}

/// Some of the documents that were found.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// In the order asked for.
    pub documents: Vec<Stored<T>>,
    /// Where the next page begins, if there is more.
    pub next: Option<String>,
}

impl<T: DeserializeOwned> Find<T> {
    pub(super) fn new(collection: &str, schema: Schema, filter: &Filter) -> Self {
        let query = host::Query {
            collection: collection.to_owned(),
            filter: filter.to_string(),
            sort: None,
            limit: None,
            cursor: None,
        };
        let looks_at_changed = filter.fields().into_iter().any(|field| schema.changes(field));
        Self { query, schema, looks_at_changed, body: PhantomData }
    }

    /// By this field, the smallest first, then by id; by id alone if not said. Documents in which the field is an
    /// object or an array are left out.
    pub fn sort(self, field: &'static str) -> Self {
        self.sorted(field, false)
    }

    /// By this field, the largest first.
    pub fn sort_desc(self, field: &'static str) -> Self {
        self.sorted(field, true)
    }

    fn sorted(mut self, field: &'static str, descending: bool) -> Self {
        self.query.sort = Some(host::Sort { field: field.to_owned(), descending });
        self.looks_at_changed |= self.schema.changes(field);
        self
    }

    /// The first of them, 1 to 200.
    pub fn first(mut self, limit: u32) -> Result<Found<T>, DocumentsError> {
        self.query.limit = Some(limit);
        self.ask()
    }

    /// The page that a client asks for.
    pub fn page(mut self, page: &Page) -> Result<Found<T>, DocumentsError> {
        self.query.limit = Some(page.limit());
        self.query.cursor = page.cursor().map(ToOwned::to_owned);
        self.ask()
    }

    fn ask(self) -> Result<Found<T>, DocumentsError> {
        if self.looks_at_changed && !is_caught_up(&self.query.collection, self.schema)? {
            return Err(DocumentsError::NotCaughtUp(self.query.collection));
        }
        let page = host::find(&self.query).map_err(|error| match error {
            // The cursor is the only part that doesn't come from the service.
            host::Error::Invalid(reason)
                if self.query.cursor.is_some() && reason.starts_with("the cursor") =>
            {
                DocumentsError::Cursor
            }
            error => error.into(),
        })?;
        let documents =
            page.documents.into_iter().map(|found| stored(self.schema, found)).collect::<Result<_, _>>()?;
        Ok(Found { documents, next: page.next })
    }
}

impl<T> Found<T> {
    /// The answer to a client that asked for this page: each document becomes an item.
    pub fn answer<I: Serialize>(self, page: &Page, item: impl FnMut(Stored<T>) -> I) -> Response {
        page.listed(self.documents.into_iter().map(item).collect(), self.next)
    }
}
