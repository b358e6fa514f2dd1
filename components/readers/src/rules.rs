//! What a record is held against that isn't in the record: the operator's rules, and the genres there are.

use std::collections::BTreeMap;

use lyceum_kit::prelude::*;
use lyceum_kit::text;

use crate::store;

/// The age that readers have at least, unless the variable says another.
const MINIMUM_AGE: u16 = 12;

/// Those rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// In years.
    pub(crate) minimum_age: u16,
    /// Folded texts that no word of a name may hold.
    pub(crate) forbidden_names: Vec<String>,
    /// The folded names of those genres in use that were asked for, with their own spelling as far as it is known.
    pub(crate) genres: BTreeMap<String, Option<String>>,
}

impl Rules {
    /// The rules for somebody who likes these genres.
    pub(crate) fn for_interests(interests: &[String]) -> Result<Self, Problem> {
        let minimum_age = match config::get("minimum_age")? {
            None => MINIMUM_AGE,
            Some(text) => text.trim().parse().map_err(|_| {
                log::error(format!("the configuration variable minimum_age is {text}, which is no number"));
                Problem::internal()
            })?,
        };
        let forbidden = config::get("forbidden_names")?.unwrap_or_default();
        let forbidden_names = forbidden.split_whitespace().map(text::fold).collect();
        Ok(Self { minimum_age, forbidden_names, genres: store::genres_in_use(interests)? })
    }
}
