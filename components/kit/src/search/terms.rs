//! What is asked for, as conditions on tables of terms.

use super::{
    Search,
    declaration::Kind,
    words::{Beginning, beginning, covering, words},
};
use crate::list::{
    Order,
    condition::{Condition, Source, Test},
};
use crate::sql::Value;

/// How many words a client may ask for, and by how many pieces a text is looked up.
const MAX_WORDS: usize = 8;

impl Search {
    /// What rows must fulfil that this text finds; nothing if there is nothing in it to look for.
    pub(crate) fn conditions(&self, text: &str, order: &Order) -> Result<Vec<Condition>, String> {
        let folded = (self.index.fold)(text);
        let terms = self.index.terms;
        let equal = |term: &str| Condition {
            source: Source::Terms(terms),
            test: Test::Equal(terms.term, Value::Text(term.to_owned())),
            ordered: terms.is_ordered_by(order),
        };
        let begins = |asked: &str| {
            let Beginning { term, rest } = beginning(asked);
            let rest = rest.map(|rest| Condition {
                source: Source::Terms(terms),
                test: Test::Beginning(terms.term, rest.to_owned()),
                ordered: false,
            });
            std::iter::once(equal(term)).chain(rest).collect::<Vec<_>>()
        };
        match self.index.kind {
            Kind::Words => {
                let words: Vec<&str> = words(&folded).collect();
                if words.len() > MAX_WORDS {
                    return Err(format!("Must have at most {MAX_WORDS} words."));
                }
                Ok(words.into_iter().flat_map(begins).collect())
            }
            _ if folded.is_empty() => Ok(Vec::new()),
            Kind::Beginning => Ok(begins(&folded)),
            Kind::Contains(column) => {
                let pieces = covering(&folded, MAX_WORDS);
                let whole = (pieces != [folded.as_str()]).then(|| Condition {
                    source: Source::Rows,
                    test: Test::Contains(column, folded.clone()),
                    ordered: false,
                });
                Ok(pieces.iter().map(|piece| equal(piece)).chain(whole).collect())
            }
        }
    }
}
