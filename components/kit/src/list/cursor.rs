//! Cursors: where a page ended, sealed so that they fit one list, its filters and its order only.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha2::Sha256;

use super::sql::{Position, Wanted};
use crate::{
    problem::Problem,
    settings::{SettingsError, derived_key},
    sql::Value,
};

const TAG: usize = 16;

/// What a cursor fits.
#[derive(Debug)]
pub(super) struct Seal(Hmac<Sha256>);

impl Seal {
    /// For this list, order and scope, and what the client gave as filters.
    pub(super) fn of(wanted: &Wanted<'_>, given: &[(String, String)]) -> Result<Self, Problem> {
        let key = derived_key("list-cursor/1")?;
        let unusable = |_| Problem::from(SettingsError::Unusable("lyceum.secret"));
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(unusable)?;
        let scope: Vec<_> =
            wanted.scope.equal.iter().map(|(column, value)| (column, Shown::from(value))).collect();
        let order = (wanted.order.column, wanted.order.descending);
        let fits = (wanted.list.table, wanted.list.columns, order, scope, &wanted.scope.fixed, given);
        mac.update(&serde_json::to_vec(&fits).unwrap_or_default());
        Ok(Self(mac))
    }

    /// The cursor for what comes after this row.
    pub(super) fn seal(&self, position: &Position) -> Option<String> {
        let position = (position.by.as_ref().map(Shown::from), Shown::from(&position.key));
        let position = serde_json::to_vec(&position).ok()?;
        let tag = self.0.clone().chain_update(&position).finalize().into_bytes();
        let mut cursor: Vec<u8> = tag.iter().copied().take(TAG).collect();
        cursor.extend_from_slice(&position);
        Some(BASE64.encode(cursor))
    }

    /// What was sealed, if that was for the same list, filters and order.
    pub(super) fn open(&self, cursor: &str) -> Option<Position> {
        let bytes = BASE64.decode(cursor).ok()?;
        let (tag, position) = bytes.split_at_checked(TAG)?;
        self.0.clone().chain_update(position).verify_truncated_left(tag).ok()?;
        let (by, key): (Option<Read>, Read) = serde_json::from_slice(position).ok()?;
        Some(Position { by: by.map(Value::from), key: key.into() })
    }
}

/// A value as it stands in a cursor.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    Integer(i64),
    Text(&'a str),
    Truth(bool),
    /// Bytes and floats are no keys, and nothing is sorted by them.
    Other(String),
}

impl<'a> From<&'a Value> for Shown<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Integer(integer) => Self::Integer(*integer),
            Value::Text(text) => Self::Text(text),
            Value::Boolean(truth) => Self::Truth(*truth),
            other => Self::Other(format!("{other:?}")),
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Read {
    Integer(i64),
    Text(String),
}

impl From<Read> for Value {
    fn from(read: Read) -> Self {
        match read {
            Read::Integer(integer) => Self::Integer(integer),
            Read::Text(text) => Self::Text(text),
        }
    }
}
