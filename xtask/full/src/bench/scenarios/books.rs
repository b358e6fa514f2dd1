//! The catalogue: searches that fill a page, the look-up by ISBN, and a book that is added.

use serde_json::{Value, json};

use super::on_kit::Subject;

const PATH: &str = "/api/v1/books";
/// Titles that are there before.
const BOOKS: u64 = 100_000;
/// That of one of them.
const ISBN: &str = "9780804429573";

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let books = subject.rows_before(BOOKS);
    let poetry = book("Poetry of {unique}", None);
    subject.fill(PATH, &poetry, books)?;
    subject.fill(PATH, &book("A title that is known", Some(ISBN)), 1)?;
    subject.reads("a page of 50", &format!("{PATH}?limit=50"));
    subject.beside_native(None, None)?;
    subject.reads("a search of two words that fills a page of 50", &format!("{PATH}?q=poe+lisb&limit=50"));
    let text = "Poetry of somebody Fernando Pessoa Lisbon";
    subject.beside_native(None, Some(&json!({ "rows": books, "text": text, "words": "poe* lisb*" })))?;
    subject.reads("the book with an ISBN", &format!("{PATH}?isbn={ISBN}"));
    subject.beside_native(None, None)?;
    subject.reads("the older face: the book with an ISBN", &format!("/api/books/{ISBN}"));
    subject.beside_native(None, None)?;
    subject.adds("a book that is added", PATH, &poetry);
    Ok(format!("Books: the catalogue, `{PATH}`, with {books} titles at the beginning"))
}

fn book(title: &str, isbn: Option<&str>) -> Value {
    json!({
        "title": title,
        "isbn": isbn,
        "contributors": [{ "name": "Fernando Pessoa" }],
        "subjects": ["Lisbon"],
        "language": "pt",
        "year": 1934,
    })
}
