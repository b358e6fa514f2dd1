//! Which rules a record is held against: what the operator says, and the genres there are.

use lyceum_kit::prelude::*;
use lyceum_kit::text;

use crate::domain::Rules;
use crate::store;

/// The age that readers have at least, unless the variable says another.
const MINIMUM_AGE: u16 = 12;

/// The rules for somebody who likes these genres.
pub(crate) fn for_interests(interests: &[String]) -> Result<Rules, Problem> {
    let minimum_age = match config::get("minimum_age")? {
        None => MINIMUM_AGE,
        Some(text) => text.trim().parse().map_err(|_| {
            log::error(format!("the configuration variable minimum_age is {text}, which is no number"));
            Problem::internal()
        })?,
    };
    let forbidden = config::get("forbidden_names")?.unwrap_or_default();
    let forbidden_names = forbidden.split_whitespace().map(text::fold).collect();
    Ok(Rules { minimum_age, forbidden_names, genres: store::genres_in_use(interests)? })
}
