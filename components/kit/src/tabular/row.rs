//! A row that was read.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::unreadable;
use crate::{
    problem::Problem,
    violation::{FieldViolation, Violation},
    wording,
};

/// A row: columns and their texts. An empty cell is absent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct RowIn(Result<Vec<(String, String)>, String>);

impl RowIn {
    pub(super) fn new(cells: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(Ok(cells.into_iter().filter(|(_, text)| !text.is_empty()).collect()))
    }

    /// One that can't be understood, for this reason.
    pub(super) fn wrong(reason: impl Into<String>) -> Self {
        Self(Err(reason.into()))
    }

    #[cfg(feature = "xlsx")]
    pub(super) fn is_empty(&self) -> bool {
        self.0.as_ref().is_ok_and(Vec::is_empty)
    }

    /// The row as a struct whose fields are named as the columns; numbers and truth values are made of their texts.
    /// Fails with 422 and the column that is wrong.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let cells = self.0.as_ref().map_err(|reason| unreadable(reason.clone()))?;
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(cells).finish();
        let deserializer = serde_html_form::Deserializer::from_bytes(encoded.as_bytes());
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let path = error.path().to_string();
            let pointer = if path == "." { String::new() } else { format!("/{path}") };
            Problem::invalid(vec![wrong(pointer, &error.into_inner().to_string())])
        })
    }
}

fn wrong(pointer: String, message: &str) -> FieldViolation {
    Violation::new("MALFORMED", wording::plain(message)).at(pointer)
}

/// Columns that are read at most.
#[cfg(any(feature = "csv", feature = "xlsx"))]
pub(super) const MAX_COLUMNS: usize = 256;
/// Characters that the name of a column has at most: each row repeats it.
#[cfg(any(feature = "csv", feature = "xlsx"))]
const MAX_NAME: usize = 100;

/// The header's names: each is there once, and has a name.
#[cfg(any(feature = "csv", feature = "xlsx"))]
pub(super) fn checked_header(names: Vec<String>) -> Result<Vec<String>, Problem> {
    let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
    let mut known = std::collections::BTreeSet::new();
    if names.len() > MAX_COLUMNS || names.iter().any(|name| name.chars().count() > MAX_NAME) {
        let detail = format!("It may have {MAX_COLUMNS} columns, and a name of one {MAX_NAME} characters.");
        return Err(unreadable(detail));
    }
    if names.iter().all(String::is_empty) {
        return Err(unreadable("The first line must name the columns.".to_owned()));
    }
    if let Some(twice) = names.iter().find(|name| !name.is_empty() && !known.insert(name.as_str())) {
        return Err(unreadable(format!("The column {twice:?} is there twice.")));
    }
    Ok(names)
}
