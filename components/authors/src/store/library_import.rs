//! Which authors are there already.

use lyceum_kit::prelude::*;
use lyceum_kit::takeover::places;

#[derive(Debug)]
struct Numbered {
    number: i64,
    name: String,
}
from_row!(Numbered { number, name });

/// The authors with these numbers: each with the name behind it.
pub(crate) fn names_by_number(numbers: &[i64]) -> Result<Vec<(i64, String)>, SqlError> {
    let text = format!("SELECT number, name FROM authors WHERE number IN ({})", places(numbers.len()));
    let found: Vec<Numbered> =
        query_all(statement(text, numbers.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|Numbered { number, name }| (number, name)).collect())
}
