//! Searches that others have put together: which books, how many, and a page of them.
//!
//! Parts of a search are sets of books. Of those that have to hold together one is read, from one place in one index, and the
//! others are looked up for each of its books: what is read grows with what the rarest part finds, and not with the
//! catalogue. To count is to read all of that.

use lyceum_kit::prelude::*;
use lyceum_kit::search::{Index, Lookup};

use super::books::WORDS;
use super::fields::{NAME_WORDS, TITLE_WORDS};
use crate::domain::Isbn;

/// What is searched for words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Field {
    /// All that the catalogue's own search looks at.
    Any,
    /// Title and subtitle.
    Title,
    /// Those who took part.
    Name,
}

impl Field {
    const fn index(self) -> (&'static str, Index) {
        match self {
            Self::Any => ("book_words", WORDS),
            Self::Title => ("book_title_words", TITLE_WORDS),
            Self::Name => ("book_name_words", NAME_WORDS),
        }
    }
}

/// A set of books.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    /// All of them.
    All,
    /// None.
    Nothing,
    /// The one with this ISBN.
    Isbn(Isbn),
    /// Those that are found so.
    By(Field, Lookup),
    /// Those that are in both.
    Both(Box<Self>, Box<Self>),
    /// Those that are in one of them.
    Either(Box<Self>, Box<Self>),
    /// Those of the first that aren't in the second.
    Without(Box<Self>, Box<Self>),
}

impl Found {
    /// Those that have each of the words of a text, or one of them, or words that begin with them; none if it has no word.
    pub(crate) fn of_words(field: Field, text: &str, every: bool) -> Self {
        let lookups = field.index().1.lookups(text).into_iter().map(|lookup| Self::By(field, lookup));
        let joined = if every { Self::Both } else { Self::Either };
        lookups.reduce(|all, next| joined(Box::new(all), Box::new(next))).unwrap_or(Self::Nothing)
    }

    /// How many parts it has.
    pub(crate) fn parts(&self) -> usize {
        match self {
            Self::Both(left, right) | Self::Either(left, right) | Self::Without(left, right) => {
                left.parts() + right.parts()
            }
            _ => 1,
        }
    }

    /// How many it is likely to find, in no unit: of several words the longest is likely the rarest.
    fn size(&self) -> usize {
        match self {
            Self::Nothing | Self::Isbn(_) => 0,
            Self::By(_, Lookup::Term(word) | Lookup::Beginning(word)) => {
                1_000 - word.chars().count().min(900)
            }
            Self::Both(left, right) => left.size().min(right.size()),
            Self::Either(left, right) => left.size().max(right.size()) + 1,
            Self::Without(left, _) => left.size(),
            Self::All => usize::MAX / 2,
        }
    }

    /// A statement that gives them with their titles, each once.
    fn source(&self, params: &mut Vec<Value>) -> String {
        match self {
            Self::All => "SELECT id AS book_id, title_folded FROM books".to_owned(),
            Self::Nothing => "SELECT book_id, title_folded FROM book_words WHERE term = ''".to_owned(),
            Self::Isbn(isbn) => {
                let isbn = bind(params, isbn);
                format!("SELECT id AS book_id, title_folded FROM books WHERE isbn = {isbn}")
            }
            Self::By(field, lookup) => {
                let (table, once) = (field.index().0, matches!(lookup, Lookup::Term(_)));
                let distinct = if once { "" } else { "DISTINCT " };
                format!("SELECT {distinct}book_id, title_folded FROM {table} WHERE {}", term(lookup, params))
            }
            Self::Both(left, right) => {
                let (few, many) = if left.size() <= right.size() { (left, right) } else { (right, left) };
                let (few, many) = (few.source(params), many.condition(params));
                format!("SELECT book_id, title_folded FROM ({few}) AS s WHERE {many}")
            }
            Self::Either(left, right) => format!("{} UNION {}", left.part(params), right.part(params)),
            Self::Without(left, right) => {
                let (all, out) = (left.source(params), right.condition(params));
                format!("SELECT book_id, title_folded FROM ({all}) AS s WHERE NOT {out}")
            }
        }
    }

    /// The same as one side of a union.
    fn part(&self, params: &mut Vec<Value>) -> String {
        format!("SELECT book_id, title_folded FROM ({}) AS s", self.source(params))
    }

    /// Whether the book of a row of `s` is one of them, which is looked up by its id.
    fn condition(&self, params: &mut Vec<Value>) -> String {
        match self {
            Self::All => "(1 = 1)".to_owned(),
            Self::Nothing => "(1 = 0)".to_owned(),
            Self::Isbn(isbn) => {
                let isbn = bind(params, isbn);
                format!("EXISTS (SELECT 1 FROM books AS b WHERE b.id = s.book_id AND b.isbn = {isbn})")
            }
            Self::By(field, lookup) => {
                let (table, term) = (field.index().0, term(lookup, params));
                format!("EXISTS (SELECT 1 FROM {table} AS w WHERE w.book_id = s.book_id AND {term})")
            }
            Self::Both(left, right) => {
                format!("({} AND {})", left.condition(params), right.condition(params))
            }
            Self::Either(left, right) => {
                format!("({} OR {})", left.condition(params), right.condition(params))
            }
            Self::Without(left, right) => {
                format!("({} AND NOT {})", left.condition(params), right.condition(params))
            }
        }
    }
}

fn bind(params: &mut Vec<Value>, value: impl IntoValue) -> String {
    params.push(value.into_value());
    format!("${}", params.len())
}

fn term(lookup: &Lookup, params: &mut Vec<Value>) -> String {
    match lookup {
        Lookup::Term(term) => format!("term = {}", bind(params, term)),
        Lookup::Beginning(beginning) => {
            let first = bind(params, beginning);
            // Nothing that begins with it sorts after this, by bytes.
            let end = bind(params, format!("{beginning}\u{10FFFF}"));
            format!("term >= {first} AND term < {end}")
        }
    }
}

/// How many books a search finds, and those from `skipped` on in the order of their titles, `limit` of them.
pub(crate) fn page(found: &Found, skipped: i64, limit: i64) -> Result<(i64, Vec<Uuid>), SqlError> {
    let mut params = Vec::new();
    let set = found.source(&mut params);
    let count = statement(format!("SELECT COUNT(*) AS number FROM ({set}) AS found"), params.clone());
    let (limited, offset) = (params.len() + 1, params.len() + 2);
    let page = format!(
        "SELECT book_id FROM ({set}) AS found ORDER BY title_folded, book_id LIMIT ${limited} OFFSET ${offset}"
    );
    params.extend(params![limit, skipped]);
    let mut answers = query(vec![count, statement(page, params)])?.into_iter();
    let mut next = || answers.next().ok_or(RowError::Count(0));
    let (number,): (i64,) = next()?.one()?;
    let ids: Vec<(Uuid,)> = next()?.all()?;
    Ok((number, ids.into_iter().map(|(id,)| id).collect()))
}
