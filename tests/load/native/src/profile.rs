//! `GET /api/v1/users/me`: verify the token, read one row, write it as JSON.
//!
//! To answer the same bytes as Lyceum, the members of a JSON object become the columns of a table, in order.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use crate::failure::Failure;
use crate::server::Server;

const EXAMPLE: &str = include_str!("../profile.json");

/// How a member is stored.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Integer,
    Boolean,
    /// Objects, lists, `null` and numbers with a fraction, as their JSON text.
    Json,
}

/// A profile's columns, with the values of the one profile there is.
pub(crate) struct Profile {
    columns: Vec<Column>,
    user_id: String,
    query: &'static str,
}

struct Column {
    /// The member's name as it stands in the answer: quoted, with a colon, after a brace or comma.
    prefix: String,
    name: String,
    kind: Kind,
    value: Box<RawValue>,
}

impl Profile {
    /// The members of a JSON object, one of which is `user_id`.
    pub(crate) fn parse(json: &str) -> anyhow::Result<Self> {
        let Members(members) = serde_json::from_str(json).context("a profile is a JSON object")?;
        let mut columns = Vec::new();
        let mut user_id = None;
        for (name, value) in members {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
                bail!("{name:?} can't be a column: only lower-case letters and underscores");
            }
            if name == "user_id" {
                user_id = Some(serde_json::from_str(value.get()).context("user_id is not a text")?);
            }
            let before = if columns.is_empty() { '{' } else { ',' };
            columns.push(Column {
                prefix: format!("{before}\"{name}\":"),
                kind: Kind::of(&value),
                name,
                value,
            });
        }
        let user_id = user_id.context("a profile has a member user_id")?;
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        let query = format!("SELECT {} FROM profiles WHERE user_id = $1", names.join(", "));
        // One statement for the whole life of the process, so that it is prepared once per connection
        // without making its text anew.
        Ok(Self { columns, user_id, query: query.leak() })
    }

    /// A profile for when none is given.
    pub(crate) fn example() -> anyhow::Result<Self> {
        Self::parse(EXAMPLE)
    }

    /// Whose it is.
    pub(crate) fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Makes the table and the row.
    pub(crate) async fn store(&self, connection: &mut SqliteConnection) -> anyhow::Result<()> {
        let each =
            |write: &dyn Fn(&Column) -> String| self.columns.iter().map(write).collect::<Vec<_>>().join(", ");
        let definitions = each(&|column| match column.name.as_str() {
            "user_id" => "user_id TEXT PRIMARY KEY".into(),
            name => format!("{name} {} NOT NULL", column.kind.sql_type()),
        });
        let names = each(&|column| column.name.clone());
        let values = each(&|column| format!("${}", self.position(&column.name)));
        let tables = format!("DROP TABLE IF EXISTS profiles; CREATE TABLE profiles ({definitions})");
        sqlx::raw_sql(AssertSqlSafe(tables)).execute(&mut *connection).await.context("make the profiles")?;
        let mut insert =
            sqlx::query(AssertSqlSafe(format!("INSERT INTO profiles ({names}) VALUES ({values})")));
        for column in &self.columns {
            let json = column.value.get();
            insert = match column.kind {
                Kind::Text => insert.bind(serde_json::from_str::<String>(json)?),
                Kind::Integer => insert.bind(serde_json::from_str::<i64>(json)?),
                Kind::Boolean => insert.bind(serde_json::from_str::<bool>(json)?),
                Kind::Json => insert.bind(json.to_owned()),
            };
        }
        insert.execute(connection).await.context("store the profile")?;
        Ok(())
    }

    /// The answer for a row.
    fn write(&self, row: &SqliteRow) -> Result<Vec<u8>, Failure> {
        let mut json = Vec::with_capacity(512);
        for (index, column) in self.columns.iter().enumerate() {
            json.extend_from_slice(column.prefix.as_bytes());
            let written = match column.kind {
                Kind::Text => serde_json::to_writer(&mut json, row.try_get::<&str, _>(index)?),
                Kind::Integer => serde_json::to_writer(&mut json, &row.try_get::<i64, _>(index)?),
                Kind::Boolean => serde_json::to_writer(&mut json, &row.try_get::<bool, _>(index)?),
                Kind::Json => {
                    json.extend_from_slice(row.try_get::<&str, _>(index)?.as_bytes());
                    Ok(())
                }
            };
            written.map_err(|_| Failure::Internal)?;
        }
        json.push(b'}');
        Ok(json)
    }

    fn position(&self, name: &str) -> usize {
        self.columns.iter().take_while(|column| column.name != name).count() + 1
    }
}

impl Kind {
    fn of(value: &RawValue) -> Self {
        let json = value.get();
        if json.starts_with('"') {
            Self::Text
        } else if matches!(json, "true" | "false") {
            Self::Boolean
        } else if json.parse::<i64>().is_ok() {
            Self::Integer
        } else {
            Self::Json
        }
    }

    fn sql_type(self) -> &'static str {
        match self {
            Self::Text | Self::Json => "TEXT",
            Self::Integer => "BIGINT",
            Self::Boolean => "BOOLEAN",
        }
    }
}

/// Whose valid token was sent.
pub(crate) fn user(server: &Server, headers: &HeaderMap) -> Result<String, Failure> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or(Failure::Unauthorized)?;
    Ok(server.tokens.verify(token).ok_or(Failure::Unauthorized)?.sub)
}

/// Whoever sends a valid token gets their own profile.
pub(crate) async fn me(State(server): State<Arc<Server>>, headers: HeaderMap) -> Result<Response, Failure> {
    let row = sqlx::query(server.profile.query)
        .bind(user(&server, &headers)?)
        .fetch_optional(&server.readers)
        .await?
        .ok_or(Failure::NotFound)?;
    let json = server.profile.write(&row)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ETAG, HeaderValue::from_static("\"1\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, json).into_response())
}

/// The members of a JSON object in their order.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
