//! Answers that Lyceum gave, read from rows again: one for each item of a list, and one for what stands around them; and a search.
//!
//! For the reads of services: a valid token, whether its user may read it where that is asked, the rows in order, and the
//! same bytes. A row has its JSON ready, so this is as little as any server would do.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use crate::failure::Failure;
use crate::profile::user;
use crate::server::Server;

const TABLES: &str = "
    DROP TABLE IF EXISTS pages; DROP TABLE IF EXISTS parts; DROP TABLE IF EXISTS enrolled;
    DROP TABLE IF EXISTS found; DROP TABLE IF EXISTS bodies;
    CREATE TABLE pages (path TEXT PRIMARY KEY, access TEXT, words TEXT) WITHOUT ROWID;
    CREATE TABLE parts (path TEXT, position BIGINT, body TEXT NOT NULL, PRIMARY KEY (path, position)) WITHOUT ROWID;
    CREATE TABLE enrolled (user_id TEXT, course TEXT, PRIMARY KEY (user_id, course)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE found USING fts5(words);
    CREATE TABLE bodies (number INTEGER PRIMARY KEY, body TEXT NOT NULL);";
const PAGE: &str = "SELECT access, words FROM pages WHERE path = $1";
const PARTS: &str = "SELECT body FROM parts WHERE path = $1 ORDER BY position";
const ENROLLED: &str = "SELECT 1 FROM enrolled WHERE user_id = $1 AND course = $2";
/// The newest first, as many as a page has.
const SEARCH: &str = "SELECT body FROM bodies WHERE number IN (SELECT rowid FROM found WHERE found MATCH $1 ORDER BY rowid DESC LIMIT 50) \
                      ORDER BY number DESC";

/// What is to be answered, a line of the file.
#[derive(Deserialize)]
struct Page {
    /// With its query.
    path: String,
    answer: String,
    /// The course in which somebody is enrolled who may read it.
    access: Option<String>,
    search: Option<Search>,
}

/// So many rows like the answer's items, of which some are found.
#[derive(Deserialize)]
struct Search {
    rows: i64,
    /// What is in each of them.
    text: String,
    /// What is looked for: words that are all there.
    words: String,
}

/// The answer's beginning, its items, and its end.
fn parts(answer: &str) -> anyhow::Result<(String, Vec<String>, String)> {
    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        items: Option<&'a RawValue>,
    }
    let list: List<'_> = serde_json::from_str(answer).context("an answer is a JSON object")?;
    let Some(items) = list.items.map(RawValue::get) else {
        return Ok((answer.to_owned(), Vec::new(), String::new()));
    };
    let (before, after) = answer.split_once(items).context("its items")?;
    let items: Vec<Box<RawValue>> = serde_json::from_str(items).context("its items")?;
    let items = items.iter().map(|item| item.get().to_owned()).collect();
    Ok((format!("{before}["), items, format!("]{after}")))
}

/// Stores the pages of a file, which this user may read.
pub(crate) async fn store(
    file: &Path,
    user_id: &str,
    connection: &mut SqliteConnection,
) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    sqlx::raw_sql(TABLES).execute(&mut *connection).await.context("make the pages")?;
    let mut transaction = connection.begin().await?;
    for line in text.lines() {
        let page: Page = serde_json::from_str(line).context("a line is a page")?;
        let (before, items, after) = parts(&page.answer)?;
        let words = page.search.as_ref().map(|search| &search.words);
        sqlx::query("INSERT INTO pages VALUES ($1, $2, $3)")
            .bind(&page.path)
            .bind(&page.access)
            .bind(words)
            .execute(&mut *transaction)
            .await?;
        if let Some(course) = &page.access {
            sqlx::query("INSERT OR IGNORE INTO enrolled VALUES ($1, $2)")
                .bind(user_id)
                .bind(course)
                .execute(&mut *transaction)
                .await?;
        }
        let own = if page.search.is_some() { &[][..] } else { &items };
        let all = std::iter::once(&before).chain(own).chain(std::iter::once(&after));
        for (body, position) in all.zip(0_i64..) {
            sqlx::query("INSERT INTO parts VALUES ($1, $2, $3)")
                .bind(&page.path)
                .bind(position)
                .bind(body)
                .execute(&mut *transaction)
                .await?;
        }
        if let Some(Search { rows, text, .. }) = &page.search {
            let item = items.first().context("a search finds something")?;
            for number in 1..=*rows {
                sqlx::query("INSERT INTO found (rowid, words) VALUES ($1, $2)")
                    .bind(number)
                    .bind(text)
                    .execute(&mut *transaction)
                    .await?;
                sqlx::query("INSERT INTO bodies VALUES ($1, $2)")
                    .bind(number)
                    .bind(item)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
    }
    transaction.commit().await?;
    ensure!(!text.is_empty(), "{} has no pages", file.display());
    Ok(())
}

/// Answers with what is at this path.
pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let user_id = user(&server, &headers)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let page: Option<(Option<String>, Option<String>)> =
        sqlx::query_as(PAGE).bind(path).fetch_optional(&server.readers).await?;
    let (access, words) = page.ok_or(Failure::NotFound)?;
    if let Some(course) = access {
        let enrolled: Option<(i64,)> =
            sqlx::query_as(ENROLLED).bind(user_id).bind(course).fetch_optional(&server.readers).await?;
        enrolled.ok_or(Failure::NotFound)?;
    }
    let mut parts: Vec<(String,)> = sqlx::query_as(PARTS).bind(path).fetch_all(&server.readers).await?;
    let after = parts.pop();
    if let Some(words) = words {
        let found: Vec<(String,)> = sqlx::query_as(SEARCH).bind(words).fetch_all(&server.readers).await?;
        parts.extend(found);
    }
    let mut json = String::with_capacity(4096);
    for (index, (part,)) in parts.iter().enumerate() {
        if index > 1 {
            json.push(',');
        }
        json.push_str(part);
    }
    json.push_str(&after.map(|(after,)| after).unwrap_or_default());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ETAG, HeaderValue::from_static("\"1\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, json).into_response())
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_list_is_its_items_and_what_stands_around_them() {
        let (before, items, after) = parts(r#"{"items":[{"a":1},{"b":[]}],"next_cursor":null}"#).unwrap();
        assert_eq!((before.as_str(), after.as_str()), (r#"{"items":["#, r#"],"next_cursor":null}"#));
        assert_eq!(items, [r#"{"a":1}"#, r#"{"b":[]}"#]);
        assert_eq!(parts(r#"{"a":1}"#).unwrap(), (r#"{"a":1}"#.to_owned(), Vec::new(), String::new()));
    }
}
