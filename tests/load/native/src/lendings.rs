//! `POST /api/v1/lendings` and `.../{id}/return`: who may have it is looked at, and rows and event are committed together.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use crate::failure::Failure;
use crate::profile::user;
use crate::register::microseconds;
use crate::server::Server;
use crate::writer::Write;

/// How many copies a reader has at once.
const LIMIT: i64 = 3;
/// How long a lending is, in microseconds.
const TERM: i64 = 15 * 24 * 60 * 60 * 1_000_000;
const TABLES: &str = "
    DROP TABLE IF EXISTS lendings; DROP TABLE IF EXISTS copies; DROP TABLE IF EXISTS readers; DROP TABLE IF EXISTS rules;
    CREATE TABLE copies (barcode TEXT PRIMARY KEY, item_id TEXT NOT NULL, book_id TEXT NOT NULL, status TEXT NOT NULL);
    CREATE TABLE readers (number TEXT PRIMARY KEY, reader_id TEXT NOT NULL, blocked BOOLEAN NOT NULL);
    CREATE TABLE rules (location TEXT PRIMARY KEY, days BIGINT NOT NULL, most BIGINT NOT NULL);
    CREATE TABLE lendings (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, item_id TEXT NOT NULL, reader_id TEXT NOT NULL,
        started_at BIGINT NOT NULL, due_at BIGINT NOT NULL, returned_at BIGINT);
    CREATE INDEX lendings_open ON lendings (reader_id) WHERE returned_at IS NULL;";

/// Who is lent what.
#[derive(Deserialize)]
pub(crate) struct Asked {
    barcode: String,
    reader_number: String,
}

/// A lending as it is answered, and told.
#[derive(Serialize)]
struct Lending<'a> {
    id: &'a str,
    number: String,
    barcode: &'a str,
    reader_number: &'a str,
    started_at: i64,
    due_at: i64,
    returned_at: Option<i64>,
    renewals: u32,
    days_overdue: u32,
    fine_cents: u32,
}

/// A checkout to be written.
pub(crate) struct Checkout {
    id: String,
    asked: Asked,
    now: i64,
}

/// A return to be written.
pub(crate) struct Return {
    id: String,
    now: i64,
}

/// So many copies and readers, counted from 1 and from 2 as the benchmark counts them.
pub(crate) async fn store(count: u32, connection: &mut SqliteConnection) -> anyhow::Result<()> {
    sqlx::raw_sql(TABLES).execute(&mut *connection).await?;
    sqlx::raw_sql("BEGIN; INSERT INTO rules VALUES ('*', 15, 3)").execute(&mut *connection).await?;
    for number in 1..=count {
        sqlx::query("INSERT INTO copies VALUES ($1, $2, $3, 'available')")
            .bind(format!("copy-{number}"))
            .bind(Uuid::now_v7().to_string())
            .bind(Uuid::now_v7().to_string())
            .execute(&mut *connection)
            .await?;
        sqlx::query("INSERT INTO readers VALUES ($1, $2, FALSE)")
            .bind(format!("2025/{}", number + 1))
            .bind(Uuid::now_v7().to_string())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    Ok(())
}

impl Checkout {
    /// Its number, or none if it isn't allowed.
    pub(crate) async fn write(&self, connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
        let Self { id, asked, now } = self;
        let copy: Option<(String,)> =
            sqlx::query_as("SELECT item_id FROM copies WHERE barcode = $1 AND status = 'available'")
                .bind(&asked.barcode)
                .fetch_optional(&mut *connection)
                .await?;
        let reader: Option<(String, i64)> = sqlx::query_as(
            "SELECT reader_id, (SELECT COUNT(*) FROM lendings WHERE lendings.reader_id = readers.reader_id AND returned_at IS NULL) \
             FROM readers WHERE number = $1 AND NOT blocked",
        )
        .bind(&asked.reader_number)
        .fetch_optional(&mut *connection)
        .await?;
        let (Some((item_id,)), Some((reader_id, open))) = (copy, reader) else { return Ok(None) };
        if open >= LIMIT {
            return Ok(None);
        }
        let inserted = sqlx::query(
            "INSERT INTO lendings (id, item_id, reader_id, started_at, due_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(&item_id)
        .bind(reader_id)
        .bind(now)
        .bind(now + TERM)
        .execute(&mut *connection)
        .await?;
        let number = inserted.last_insert_rowid();
        sqlx::query("UPDATE copies SET status = 'on_loan' WHERE barcode = $1")
            .bind(&asked.barcode)
            .execute(&mut *connection)
            .await?;
        told(connection, "lyceum.lendings.LendingStarted.v1", id).await?;
        Ok(Some(number))
    }
}

impl Return {
    /// Its number, or none if there is no such open lending.
    pub(crate) async fn write(&self, connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
        let returned: Option<(i64, String)> = sqlx::query_as(
            "UPDATE lendings SET returned_at = $1 WHERE id = $2 AND returned_at IS NULL RETURNING number, item_id",
        )
        .bind(self.now)
        .bind(&self.id)
        .fetch_optional(&mut *connection)
        .await?;
        let Some((number, item_id)) = returned else { return Ok(None) };
        sqlx::query("UPDATE copies SET status = 'available' WHERE item_id = $1")
            .bind(item_id)
            .execute(&mut *connection)
            .await?;
        told(connection, "lyceum.lendings.LendingReturned.v1", &self.id).await?;
        Ok(Some(number))
    }
}

async fn told(connection: &mut SqliteConnection, kind: &str, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO outbox (id, kind, aggregate_id, data) VALUES ($1, $2, $3, $4)")
        .bind(Uuid::now_v7().to_string())
        .bind(kind)
        .bind(id)
        .bind(format!(r#"{{"lending_id":"{id}"}}"#))
        .execute(connection)
        .await
        .map(drop)
}

/// Lends a copy, durably when answered.
pub(crate) async fn lend(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Json(asked): Json<Asked>,
) -> Result<Response, Failure> {
    user(&server, &headers)?;
    let (id, now) = (Uuid::now_v7().to_string(), microseconds());
    let Asked { barcode, reader_number } = &asked;
    let (barcode, reader_number) = (barcode.clone(), reader_number.clone());
    let number = server.writer.write(Write::Checkout(Checkout { id: id.clone(), asked, now })).await?;
    let lending = Lending {
        id: &id,
        number: format!("2026/{number}"),
        barcode: &barcode,
        reader_number: &reader_number,
        started_at: now,
        due_at: now + TERM,
        returned_at: None,
        renewals: 0,
        days_overdue: 0,
        fine_cents: 0,
    };
    let location = [(header::LOCATION, format!("/api/v1/lendings/{id}"))];
    Ok((StatusCode::CREATED, location, Json(lending)).into_response())
}

/// Takes it back.
pub(crate) async fn take_back(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    user(&server, &headers)?;
    let now = microseconds();
    let number = server.writer.write(Write::Return(Return { id: id.clone(), now })).await?;
    Ok(Json(serde_json::json!({ "id": id, "number": format!("2026/{number}"), "returned_at": now }))
        .into_response())
}
