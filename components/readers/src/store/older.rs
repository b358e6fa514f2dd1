//! What the older library's clients look for.

use lyceum_kit::list::OffsetPage;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::text;

use crate::domain::{FoldedAddress, Reader};

/// Whether the name holds the text at this place, on every database and whatever signs it has.
fn name_holds(place: usize) -> String {
    format!("(${place} = '' OR REPLACE(full_name_folded, ${place}, '') <> full_name_folded)")
}

/// The reader with this number, if there is one.
pub(crate) fn numbered(number: &str) -> Result<Option<Reader>, SqlError> {
    query_optional(Reader::select("WHERE number = $1", params![number]))
}

/// The readers who were added first.
pub(crate) fn first(most: u32) -> Result<Vec<Reader>, SqlError> {
    query_all(Reader::select("ORDER BY created_at, id LIMIT $1", params![most]))
}

/// The readers with this telephone, by name.
pub(crate) fn with_phone_number(phone_number: &str, most: u32) -> Result<Vec<Reader>, SqlError> {
    let which = "WHERE phone_number = $1 ORDER BY full_name_folded, id LIMIT $2";
    query_all(Reader::select(which, params![phone_number, most]))
}

/// The readers whose names hold this text, by name.
pub(crate) fn named(name: &str, most: u32) -> Result<Vec<Reader>, SqlError> {
    let which = format!("WHERE {} ORDER BY full_name_folded, id LIMIT $2", name_holds(1));
    query_all(Reader::select(&which, params![text::fold(name), most]))
}

/// What is searched for; one of these is enough.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// What the name holds.
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone_number: Option<String>,
}

/// The readers for whom one of that holds, by name; all of them if nothing is searched for.
pub(crate) fn any_of(wanted: Wanted, page: OffsetPage) -> Result<Vec<Reader>, SqlError> {
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    if let Some(name) = wanted.name {
        values.push(text::fold(&name).into_value());
        conditions.push(name_holds(values.len()));
    }
    if let Some(email) = wanted.email {
        values.push(FoldedAddress::of(&email).into_value());
        conditions.push(format!("email_folded = ${}", values.len()));
    }
    if let Some(phone_number) = wanted.phone_number {
        values.push(phone_number.into_value());
        conditions.push(format!("phone_number = ${}", values.len()));
    }
    let wanted =
        if conditions.is_empty() { String::new() } else { format!("WHERE {} ", conditions.join(" OR ")) };
    let (most, skipped) = (values.len() + 1, values.len() + 2);
    let which = format!("{wanted}ORDER BY full_name_folded, id LIMIT ${most} OFFSET ${skipped}");
    values.extend(params![page.limit(), page.offset()]);
    query_all(Reader::select(&which, values))
}
