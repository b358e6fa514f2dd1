//! Which genres are there already.

use lyceum_kit::prelude::*;
use lyceum_kit::takeover::places;

#[derive(Debug)]
struct Named {
    name: String,
    name_folded: String,
}
from_row!(Named { name, name_folded });

/// The genres with these folded names: each with its own name behind it.
pub(crate) fn with_folded_names(folded: &[String]) -> Result<Vec<(String, String)>, SqlError> {
    let text =
        format!("SELECT name, name_folded FROM genres WHERE name_folded IN ({})", places(folded.len()));
    let found: Vec<Named> = query_all(statement(text, folded.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|Named { name, name_folded }| (name_folded, name)).collect())
}
