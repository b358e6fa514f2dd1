//! The catalogue: searches that fill a page, the look-up by ISBN, and a book that is added, through gateway, books and
//! SQLite.

use anyhow::Context;
use serde_json::json;

use super::answers::into_array;
use super::librarian::Librarian;
use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::load::Pace;

const PATH: &str = "/api/v1/books";
/// Titles that are there before.
pub(in crate::bench) const BOOKS: u64 = 100_000;
/// That of one of them.
const ISBN: &str = "9780804429573";

/// Measured figures.
pub(in crate::bench) struct Books {
    pub(in crate::bench) page: Figures,
    pub(in crate::bench) search: Figures,
    pub(in crate::bench) isbn: Figures,
    pub(in crate::bench) create: Figures,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Books> {
    let librarian = Librarian::start(bench, "books")?;
    let target = |query: &str, body| librarian.target(&format!("{PATH}{query}"), body);
    let create = target("", Some(book("Poetry of {unique}", None).to_string()));
    create.run(&bench.programs.load, bench.connections, Pace::Count(BOOKS)).context("books to read")?;
    let known = target("", Some(book("A title that is known", Some(ISBN)).to_string()));
    known.run(&bench.programs.load, 1, Pace::Count(1)).context("a book with an ISBN")?;
    let case = |title, target| Case { title, target, with_half: true, commits: None };
    let cases = [
        case("a page of 50", target("?limit=50", None)),
        case("a search of two words that fills a page of 50", target("?q=poe+lisb&limit=50", None)),
        case("the book with an ISBN", target(&format!("?isbn={ISBN}"), None)),
        case("a book that is added", create),
    ];
    let [page, search, isbn, create] = into_array(measure_cases(bench, &cases)?)?;
    Ok(Books { page, search, isbn, create })
}

fn book(title: &str, isbn: Option<&str>) -> serde_json::Value {
    json!({
        "title": title,
        "isbn": isbn,
        "contributors": [{ "name": "Fernando Pessoa" }],
        "subjects": ["Lisbon"],
        "language": "pt",
        "year": 1934,
    })
}
