//! Which books and genres are there already.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::takeover::places;

use crate::domain::Isbn;

/// Those of these ISBNs that books have.
pub(crate) fn known_isbns(isbns: &[Isbn]) -> Result<BTreeSet<String>, SqlError> {
    if isbns.is_empty() {
        return Ok(BTreeSet::new());
    }
    let text = format!("SELECT isbn FROM books WHERE isbn IN ({})", places(isbns.len()));
    let found: Vec<(String,)> =
        query_all(statement(text, isbns.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|(isbn,)| isbn).collect())
}

#[derive(Debug)]
struct Named {
    genre_id: Uuid,
    name_folded: String,
}
from_row!(Named { genre_id, name_folded });

/// The genres in use with these folded names, by name.
pub(crate) fn genres_in_use(folded: &BTreeSet<String>) -> Result<BTreeMap<String, Uuid>, SqlError> {
    let text = format!(
        "SELECT genre_id, name_folded FROM genres_seen WHERE name_folded IN ({}) AND in_use",
        places(folded.len())
    );
    let found: Vec<Named> = query_all(statement(text, folded.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|Named { genre_id, name_folded }| (name_folded, genre_id)).collect())
}
