//! The SQLite backend: a table a collection in one file a service.
//!
//! It is built on the sql capability, which commits the document, its events and its `once` key together, and whose
//! outbox and relay it shares. A deleted document leaves a row without a body, so that its version goes on.

mod filter;
mod schema;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use lyceum_events::{Publisher, RelayHandle};
use lyceum_sql::{
    Backend as _, Database, Dialect, Limits, Publishes, Rows, SqliteDatabase, Statement, Value,
};

use crate::check::{Prepared, collection_name, document_ids};
use crate::query::Query;
use crate::{
    Backend, Collection, Document, Documents, Error, Find, Options, Outcome, Page, Remembered, Statistics,
    Write,
};
use filter::Sql;

/// A service's documents in a SQLite file.
#[derive(Debug)]
pub struct SqliteDocuments {
    database: Arc<SqliteDatabase>,
    publishes: Publishes,
    statistics: Statistics,
}

impl SqliteDocuments {
    /// Opens the file at `path`, making it if it is missing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the file can't be opened or is locked.
    pub fn open(path: &Path, service: &str, options: Options) -> Result<Arc<Self>, Error> {
        let limits = Limits { text_bytes: 1024 * 1024, ..Limits::default() };
        let Options { clock, publishes } = options;
        let options = lyceum_sql::Options { limits, clock, dialect: Dialect::Native, ..Default::default() };
        let database = SqliteDatabase::open(path, service, options)?;
        Ok(Arc::new(Self { database, publishes, statistics: Statistics::default() }))
    }

    async fn query(&self, collection: &str, sql: Sql, deadline: Instant) -> Result<Vec<Vec<Value>>, Error> {
        let rows = self.database.query(vec![statement(&sql.text, sql.params)], deadline).await;
        Ok(rows.map_err(|error| undeclared(collection, error))?.pop().unwrap_or_default().rows)
    }
}

#[async_trait]
impl Documents for SqliteDocuments {
    async fn get(
        &self,
        collection: &str,
        ids: Vec<String>,
        deadline: Instant,
    ) -> Result<Vec<Option<Document>>, Error> {
        collection_name(collection)?;
        document_ids(&ids)?;
        let wanted = serde_json::to_string(&ids).map_err(|error| Error::Invalid(error.to_string()))?;
        let text = format!(
            "SELECT id, version, body FROM {} WHERE body IS NOT NULL AND id IN (SELECT value FROM json_each($1))",
            table(collection)
        );
        let rows = self.query(collection, Sql { text, params: vec![Value::Text(wanted)] }, deadline).await?;
        let found = rows.into_iter().map(document).collect::<Result<Vec<_>, _>>()?;
        Ok(ids.iter().map(|id| found.iter().find(|document| document.id == *id).cloned()).collect())
    }

    async fn find(&self, asked: Find, deadline: Instant) -> Result<Page, Error> {
        let query = Query::check(&asked)?;
        let mut limit = query.limit + 1;
        loop {
            let sql = select(&query, limit);
            match self.query(&query.collection, sql, deadline).await {
                // Large documents: fewer of them make a page.
                Err(Error::TooLarge(_)) if limit > 2 => limit = limit.div_ceil(4).max(2),
                rows => {
                    let documents = rows?.into_iter().map(document).collect::<Result<Vec<_>, _>>()?;
                    return query.page(documents, limit);
                }
            }
        }
    }

    async fn write(&self, write: Write, deadline: Instant) -> Result<Outcome, Error> {
        let prepared = Prepared::check(write, &self.publishes)?;
        let outcome = write::write(&self.database, &self.statistics, prepared, deadline).await?;
        match &outcome {
            Outcome::Written(_) => self.statistics.writes.add(1),
            Outcome::Duplicate(_) => self.statistics.duplicates.add(1),
        }
        Ok(outcome)
    }

    async fn recall(
        &self,
        collection: &str,
        scope: &str,
        key: &str,
        fingerprint: &str,
        deadline: Instant,
    ) -> Result<Option<Remembered>, Error> {
        collection_name(collection)?;
        write::recall(&self.database, collection, scope, key, fingerprint, deadline).await
    }
}

#[async_trait]
impl Backend for SqliteDocuments {
    async fn migrate(&self, collections: &[Collection]) -> Result<Vec<String>, Error> {
        schema::migrate(&*self.database, collections).await
    }

    async fn pending(&self, collections: &[Collection]) -> Result<Vec<String>, Error> {
        schema::pending(&*self.database, collections).await
    }

    fn spawn_relay(&self, publisher: Arc<dyn Publisher>) -> RelayHandle {
        self.database.spawn_relay(publisher)
    }

    fn statistics(&self) -> &Statistics {
        &self.statistics
    }
}

fn select(query: &Query, limit: usize) -> Sql {
    let mut sql = Sql::default();
    sql.text.push_str("SELECT id, version, body FROM ");
    sql.text.push_str(&table(&query.collection));
    sql.text.push_str(" WHERE body IS NOT NULL AND ");
    sql.condition(&query.filter.0);
    sql.within(&query.order, query.after.as_ref(), &query.filter.0);
    sql.ordered(&query.order, &query.filter.0);
    sql.limited(limit);
    sql
}

/// A collection's table. The name was checked.
fn table(collection: &str) -> String {
    format!("\"documents_{collection}\"")
}

fn statement(text: &str, params: Vec<Value>) -> Statement {
    Statement { text: text.to_owned(), params, expect_rows: None }
}

fn document(row: Vec<Value>) -> Result<Document, Error> {
    match <[Value; 3]>::try_from(row) {
        Ok([Value::Text(id), Value::Integer(version), Value::Text(body)]) => {
            Ok(Document { id, version: u64::try_from(version).unwrap_or_default(), body })
        }
        _ => Err(Error::Unavailable("a stored document can't be read".into())),
    }
}

/// The first row, as id and version.
fn id_and_version(rows: &[Rows]) -> Option<(String, u64)> {
    match rows.first()?.rows.first()?.as_slice() {
        [Value::Text(id), Value::Integer(version), ..] => Some((id.clone(), u64::try_from(*version).ok()?)),
        _ => None,
    }
}

fn undeclared(collection: &str, error: lyceum_sql::Error) -> Error {
    match error {
        lyceum_sql::Error::Invalid(why) if why.contains("no such table") => {
            Error::Invalid(format!("there is no collection {collection}"))
        }
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Change, Context, Index, Sort};

    /// What SQLite says of how it would find these.
    async fn plan(documents: &SqliteDocuments, filter: &str, sort: Option<&str>) -> String {
        let sort = sort.map(|field| Sort { field: field.into(), descending: false });
        let wanted = Find { collection: "things".into(), filter: filter.into(), sort, ..Find::default() };
        let mut sql = select(&Query::check(&wanted).unwrap(), 10);
        sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
        let rows = documents.query("things", sql, Instant::now() + Duration::from_mins(1)).await.unwrap();
        format!("{rows:?}")
    }

    #[tokio::test]
    async fn declared_indexes_are_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("things.db");
        let documents = SqliteDocuments::open(&file, "things", Options::default()).unwrap();
        let index = Index { name: "by_a".into(), fields: vec!["a.b".into()] };
        let things = Collection { name: "things".into(), indexes: vec![index] };
        documents.migrate(&[things]).await.unwrap();
        for (filter, sort) in [
            (r#"{"a.b": 1}"#, None),
            (r#"{"a.b": "x"}"#, None),
            (r#"{"a.b": null}"#, None),
            (r#"{"a.b": {"$in": [1, "x"]}}"#, None),
            ("{}", Some("a.b")),
            (r#"{"a.b": {"$gt": 1}}"#, Some("a.b")),
            (r#"{"$and": [{"a.b": {"$gte": "x/"}}, {"a.b": {"$lt": "x/~"}}]}"#, Some("a.b")),
            (r#"{"a.b": "x"}"#, Some("a.b")),
        ] {
            let plan = plan(&documents, filter, sort).await;
            assert!(plan.contains("index_things.by_a"), "{filter} {sort:?}: {plan}");
            assert!(sort.is_none() || !plan.contains("TEMP B-TREE"), "{filter} {sort:?}: {plan}");
        }
        assert!(!plan(&documents, r#"{"other": 1}"#, None).await.contains("index_things.by_a"));
    }

    #[tokio::test]
    async fn a_deep_page_is_a_range_of_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("things.db");
        let documents = SqliteDocuments::open(&file, "things", Options::default()).unwrap();
        let index = Index { name: "by_a".into(), fields: vec!["a.b".into()] };
        documents.migrate(&[Collection { name: "things".into(), indexes: vec![index] }]).await.unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        for number in 0..4 {
            let put = Write {
                collection: "things".into(),
                id: Some(format!("d{number}")),
                expected_version: None,
                change: Change::Put(format!(r#"{{"a":{{"b":"x/{number}"}}}}"#)),
                events: Vec::new(),
                once: None,
                context: Context::default(),
            };
            documents.write(put, deadline).await.unwrap();
        }
        let filter = r#"{"$and": [{"a.b": {"$gte": "x/"}}, {"a.b": {"$lt": "x/~"}}]}"#;
        for (descending, last) in [(true, "d0"), (false, "d3")] {
            let sort = Some(Sort { field: "a.b".into(), descending });
            let first = Find { collection: "things".into(), filter: filter.into(), sort, ..Find::default() };
            let page = documents.find(Find { limit: Some(3), ..first.clone() }, deadline).await.unwrap();
            let deep = Find { cursor: page.next, ..first };
            let found = documents.find(deep.clone(), deadline).await.unwrap().documents;
            assert_eq!(found.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), [last]);
            let mut sql = select(&Query::check(&deep).unwrap(), 10);
            sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
            let plan = format!("{:?}", documents.query("things", sql, deadline).await.unwrap());
            let range = "index_things.by_a (<expr>=? AND <expr>>? AND <expr><?)";
            assert!(plan.contains(range) && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
