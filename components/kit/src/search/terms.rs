//! What is asked for, as conditions on tables of terms.

use super::{
    Index, Search,
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

/// How the rows of a word are found in an index's table, for a service that joins several searches itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Lookup {
    /// They have this term; each thing is there once.
    Term(String),
    /// They have terms that begin with this; a thing may be there more than once.
    Beginning(String),
}

impl Index {
    /// How what has words that begin with each of the words of this text is found, of an index of [`Index::words`]; none if
    /// there is no word in it.
    pub fn lookups(&self, text: &str) -> Vec<Lookup> {
        let folded = (self.fold)(text);
        let lookup = |word| match beginning(word) {
            Beginning { term, rest: None } => Lookup::Term(term.to_owned()),
            Beginning { rest: Some(rest), .. } => Lookup::Beginning(rest.to_owned()),
        };
        words(&folded).map(lookup).collect()
    }
}

impl Search {
    /// What rows must fulfil that this text finds. A blank text asks for nothing; one of signs of which none counts, such as
    /// `***`, finds nothing.
    pub(crate) fn conditions(&self, text: &str, order: &Order) -> Result<Vec<Condition>, String> {
        let folded = (self.index.fold)(text);
        let terms = self.index.terms;
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
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
        // No term is empty.
        let nothing = || Ok(vec![equal("")]);
        match self.index.kind {
            Kind::Words => {
                let words: Vec<&str> = words(&folded).collect();
                if words.is_empty() {
                    return nothing();
                }
                if words.len() > MAX_WORDS {
                    return Err(format!("Must have at most {MAX_WORDS} words."));
                }
                Ok(words.into_iter().flat_map(begins).collect())
            }
            _ if folded.is_empty() => nothing(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_which_no_sign_counts_finds_nothing_and_a_blank_one_asks_for_nothing() {
        let order = Order::integer("size");
        let asked = |index, text: &str| {
            let conditions = Search::by("q", index).conditions(text, &order).unwrap();
            let terms = conditions.into_iter().map(|condition| match condition.test {
                Test::Equal(_, Value::Text(term)) => term,
                other => panic!("{other:?}"),
            });
            terms.collect::<Vec<_>>()
        };
        let words = Index::words("w", "id", &[]);
        for signs in ["***", "\u{1f600}", "\u{fffd}", " - ", "\u{301}"] {
            assert_eq!(asked(words, signs), [""], "{signs:?}");
        }
        for index in [words, Index::beginning("b", "id", &[]), Index::contains("c", "id", &[], "name")] {
            assert_eq!(asked(index, "\u{301}"), [""]);
            for blank in ["", " ", "\t\n"] {
                assert_eq!(asked(index, blank), [""; 0], "{blank:?}");
            }
        }
        assert_eq!(asked(words, "*** emm"), ["emm"]);
        let lookups = [Lookup::Beginning("emma".to_owned()), Lookup::Term("or".to_owned())];
        assert_eq!(words.lookups("Emma, ** OR"), lookups);
        assert_eq!(words.lookups("***"), []);
    }
}
