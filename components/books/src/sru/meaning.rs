//! What a query means here: which index is which words, and which relation joins them how.

use super::cql::{Clause, Operator, Query};
use super::diagnostic::Diagnostic;
use crate::domain::Isbn;
use crate::store::searching::{Field, Found};

/// So many words and clauses may a search have.
const MOST_PARTS: usize = 30;

/// Where a term is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Index {
    Words(Field),
    Isbn,
    /// Whatever the term says.
    All,
}

/// Names of indexes: of the context sets that have them, the name, and what is searched.
pub(super) const INDEXES: [(&[&str], &str, &str); 8] = [
    (&["dc", "bath"], "title", "Words of title and subtitle"),
    (&["dc"], "creator", "Words of the names of those who took part"),
    (&["dc"], "contributor", "Words of the names of those who took part"),
    (&["bath"], "name", "Words of the names of those who took part"),
    (&["bath"], "isbn", "ISBN, in either form"),
    (&["cql"], "serverChoice", "Words of all that is said of a book"),
    (&["cql", "bath"], "any", "Words of all that is said of a book"),
    (&["cql"], "allRecords", "All books, whatever the term"),
];

/// The context sets, and what they are called by everybody.
pub(super) const SETS: [(&str, &str); 3] = [
    ("cql", "info:srw/cql-context-set/1/cql-v1.2"),
    ("dc", "info:srw/cql-context-set/1/dc-v1.1"),
    ("bath", "http://zing.z3950.org/cql/bath/2.0/"),
];

impl Index {
    fn named(name: &str) -> Result<Self, Diagnostic> {
        let lower = name.to_ascii_lowercase();
        let plain = match lower.split_once('.') {
            Some((set, _)) if !SETS.iter().any(|(known, _)| *known == set) => {
                return Err(Diagnostic::new(15, set));
            }
            Some((_, plain)) => plain,
            None => lower.as_str(),
        };
        match plain {
            "title" => Ok(Self::Words(Field::Title)),
            "author" | "creator" | "contributor" | "name" | "personalname" => Ok(Self::Words(Field::Name)),
            "any" | "anywhere" | "serverchoice" | "anyindexes" | "allindexes" | "keywords" => {
                Ok(Self::Words(Field::Any))
            }
            "isbn" => Ok(Self::Isbn),
            "allrecords" => Ok(Self::All),
            _ => Err(Diagnostic::new(16, name)),
        }
    }
}

/// The books that a query finds.
pub(super) fn of(query: &Query) -> Result<Found, Diagnostic> {
    let found = joined(query)?;
    if found.parts() > MOST_PARTS {
        return Err(Diagnostic::new(38, MOST_PARTS.to_string()));
    }
    Ok(found)
}

fn joined(query: &Query) -> Result<Found, Diagnostic> {
    match query {
        Query::Clause(clause) => of_clause(clause),
        Query::Joined(left, operator, right) => {
            let (left, right) = (Box::new(joined(left)?), Box::new(joined(right)?));
            Ok(match operator {
                Operator::And => Found::Both(left, right),
                Operator::Or => Found::Either(left, right),
                Operator::Not => Found::Without(left, right),
            })
        }
    }
}

fn of_clause(clause: &Clause) -> Result<Found, Diagnostic> {
    let Clause { index, relation, term } = clause;
    let index = index.as_deref().map_or(Ok(Index::Words(Field::Any)), Index::named)?;
    let term = plain(term)?;
    let known = ["=", "==", "any", "all", "exact", "scr", "cql.any", "cql.all", "cql.scr"];
    if !known.contains(&relation.as_str()) {
        return Err(Diagnostic::new(19, relation));
    }
    let any = relation.ends_with("any");
    match index {
        Index::All => Ok(Found::All),
        // What is folded, cut into words and found by beginnings can't be compared as a whole.
        Index::Words(_) if ["==", "exact"].contains(&relation.as_str()) => Err(Diagnostic::new(22, relation)),
        Index::Words(field) => Ok(Found::of_words(field, &term, !any)),
        Index::Isbn => {
            let numbers: Vec<&str> =
                if any { term.split_whitespace().collect() } else { vec![term.as_str()] };
            let found = |number: &&str| {
                let isbn = Isbn::parse(number).map_err(|_| Diagnostic::new(36, *number))?;
                Ok(Found::Isbn(isbn))
            };
            let found = numbers.iter().map(found).collect::<Result<Vec<_>, Diagnostic>>()?;
            let either = |all, next| Found::Either(Box::new(all), Box::new(next));
            Ok(found.into_iter().reduce(either).unwrap_or(Found::Nothing))
        }
    }
}

/// A term without its backslashes. An asterisk may end a word, as it does anyway; other signs that stand for whatever there
/// is, or for the end of a field, are not known.
fn plain(term: &str) -> Result<String, Diagnostic> {
    if term.trim().is_empty() {
        return Err(Diagnostic::new(27, ""));
    }
    let mut plain = String::new();
    let mut signs = term.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => plain.extend(signs.next()),
            '*' => {
                let ends = signs.peek().is_none_or(|next| next.is_whitespace());
                if !ends || !plain.ends_with(char::is_alphanumeric) {
                    return Err(Diagnostic::new(28, "*"));
                }
            }
            '?' => return Err(Diagnostic::new(28, "?")),
            '^' => return Err(Diagnostic::new(31, "^")),
            sign => plain.push(sign),
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use lyceum_kit::search::Lookup;

    use super::*;
    use crate::sru::cql::parse;

    fn found(text: &str) -> Result<Found, u16> {
        parse(text).and_then(|query| of(&query)).map_err(|diagnostic| diagnostic.number)
    }

    fn word(field: Field, term: &str) -> Found {
        Found::By(field, Lookup::Term(term.to_owned()))
    }

    #[test]
    fn an_index_is_words_of_a_field_and_a_relation_joins_them() {
        let (a, b) = (Box::new(word(Field::Title, "os")), Box::new(word(Field::Title, "mai")));
        assert_eq!(found("title = \"Os Mai*\""), Ok(Found::Both(a.clone(), b.clone())));
        assert_eq!(found("dc.title all \"os mai\""), Ok(Found::Both(a.clone(), b.clone())));
        assert_eq!(found("TITLE any \"os mai\""), Ok(Found::Either(a.clone(), b)));
        assert_eq!(found("title=os not eca"), Ok(Found::Without(a, Box::new(word(Field::Any, "eca")))));
        assert_eq!(found("author=eca"), Ok(word(Field::Name, "eca")));
        assert_eq!(found("cql.serverChoice=\"E\\*\""), Ok(word(Field::Any, "e")));
        assert_eq!(found("\u{1f600}"), Ok(Found::Nothing));
        assert_eq!(found("cql.allRecords = 1"), Ok(Found::All));
        assert!(matches!(found("isbn = 0-8044-2957-X"), Ok(Found::Isbn(_))));
        assert!(matches!(found("bath.isbn any \"080442957X 9780140449136\""), Ok(Found::Either(_, _))));
    }

    #[test]
    fn what_is_not_served_has_its_diagnostic() {
        let many = vec!["a"; MOST_PARTS + 1].join(" ");
        for (query, number) in [
            ("rec.id = 1", 15),
            ("year = 1888", 16),
            ("dc.date = 1888", 16),
            ("title < a", 19),
            ("title adj a", 19),
            ("title <> a", 19),
            ("title == a", 22),
            ("title exact a", 22),
            ("title = \"\"", 27),
            ("title = *", 28),
            ("title = m*s", 28),
            ("title = ma?as", 28),
            ("title = ^os", 31),
            ("isbn = 123", 36),
            (format!("title = \"{many}\"").as_str(), 38),
        ] {
            assert_eq!(found(query), Err(number), "{query}");
        }
    }
}
