//! What the older library's clients search for. Only books with an ISBN are there for them.

use std::collections::BTreeMap;

use lyceum_kit::list::OffsetPage;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::text;

use crate::domain::Book;

/// How title, genre and an author begin; what isn't given holds for all.
#[derive(Debug, Default)]
pub(crate) struct Beginnings {
    pub(crate) title: Option<String>,
    pub(crate) genre: Option<String>,
    pub(crate) author: Option<String>,
}

/// The ends of what begins so.
fn range(text: &str) -> [Value; 2] {
    let from = text::fold(text);
    // Behind everything that begins so.
    let to = format!("{from}\u{10ffff}");
    [from.into_value(), to.into_value()]
}

/// Whether a folded column holds the text that is the first parameter, on every database and whatever signs it has.
fn holds(column: &str) -> String {
    format!("($1 = '' OR REPLACE({column}, $1, '') <> {column})")
}

/// The books for which all of that holds, by title.
pub(crate) fn beginning(wanted: &Beginnings, page: OffsetPage) -> Result<Vec<Book>, SqlError> {
    within(wanted, page.limit(), page.offset())
}

fn within(wanted: &Beginnings, limit: u32, offset: u32) -> Result<Vec<Book>, SqlError> {
    let (mut conditions, mut values) = (vec!["isbn IS NOT NULL".to_owned()], Vec::new());
    let parts = [
        (&wanted.title, "title_folded >= {from} AND title_folded < {to}"),
        (
            &wanted.genre,
            "genre_id IN (SELECT genre_id FROM genres_seen WHERE name_folded >= {from} AND name_folded < {to})",
        ),
        (
            &wanted.author,
            "id IN (SELECT book_authors.book_id FROM authors_seen \
             JOIN book_authors ON book_authors.author_id = authors_seen.author_id \
             WHERE authors_seen.name_folded >= {from} AND authors_seen.name_folded < {to})",
        ),
    ];
    for (text, condition) in parts {
        let Some(text) = text else { continue };
        let (from, to) = (format!("${}", values.len() + 1), format!("${}", values.len() + 2));
        conditions.push(condition.replace("{from}", &from).replace("{to}", &to));
        values.extend(range(text));
    }
    let (most, skipped) = (values.len() + 1, values.len() + 2);
    let conditions = conditions.join(" AND ");
    let which = format!("WHERE {conditions} ORDER BY title_folded, id LIMIT ${most} OFFSET ${skipped}");
    values.extend(params![limit, offset]);
    query_all(Book::select(&which, values))
}

/// The books for which one of these holds, by title: the title holds a text, the genre's name does, an author's name begins so.
pub(crate) fn any_of(
    title: Option<&str>,
    genre: Option<&str>,
    author: Option<&str>,
    most: u32,
) -> Result<Vec<Book>, SqlError> {
    let mut found = Vec::new();
    let ending = "AND isbn IS NOT NULL ORDER BY title_folded, id LIMIT $2";
    if let Some(title) = title {
        let which = format!("WHERE {} {ending}", holds("title_folded"));
        found.extend(query_all(Book::select(&which, params![text::fold(title), most]))?);
    }
    if let Some(genre) = genre {
        let genres = format!("SELECT genre_id FROM genres_seen WHERE {}", holds("name_folded"));
        let which = format!("WHERE genre_id IN ({genres}) {ending}");
        found.extend(query_all(Book::select(&which, params![text::fold(genre), most]))?);
    }
    if let Some(name) = author {
        let author = Beginnings { author: Some(name.to_owned()), ..Beginnings::default() };
        found.extend(within(&author, most, 0)?);
    }
    let sorted: BTreeMap<_, Book> =
        found.into_iter().map(|book: Book| ((book.title_folded.clone(), book.id), book)).collect();
    Ok(sorted.into_values().take(usize::try_from(most).unwrap_or(usize::MAX)).collect())
}

/// The books that name this author as one who wrote them, by title.
pub(crate) fn written_by(author_id: Uuid, most: u32) -> Result<Vec<Book>, SqlError> {
    let books = "SELECT book_id FROM book_authors WHERE author_id = $1";
    let which = format!("WHERE id IN ({books}) AND isbn IS NOT NULL ORDER BY title_folded, id LIMIT $2");
    let found: Vec<Book> = query_all(Book::select(&which, params![author_id, most]))?;
    let wrote = |book: &Book| {
        book.contributors.0.iter().any(|other| other.is_author() && other.author_id == Some(author_id))
    };
    Ok(found.into_iter().filter(wrote).collect())
}

/// The books of a genre that were added last.
pub(crate) fn newest_of(genre_id: Uuid, most: u32) -> Result<Vec<Book>, SqlError> {
    let which = "WHERE genre_id = $1 AND isbn IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $2";
    query_all(Book::select(which, params![genre_id, most]))
}
