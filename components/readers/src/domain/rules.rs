//! What a record is held against that isn't in the record.

use std::collections::BTreeMap;

/// The operator's rules, and the genres there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// In years.
    pub(crate) minimum_age: u16,
    /// Folded texts that no word of a name may hold.
    pub(crate) forbidden_names: Vec<String>,
    /// The folded names of those genres in use that were asked for, with their own spelling as far as it is known.
    pub(crate) genres: BTreeMap<String, Option<String>>,
}
