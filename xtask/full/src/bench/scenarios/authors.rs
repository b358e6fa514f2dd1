//! Authors: searches of both faces that fill a page, and an author who is added, through gateway, authors and SQLite.

use anyhow::Context;
use serde_json::json;

use super::answers::into_array;
use super::librarian::Librarian;
use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::load::Pace;

const PATH: &str = "/api/v1/authors";
/// Authors who are there before.
pub(in crate::bench) const AUTHORS: u64 = 1_000;

/// Measured figures.
pub(in crate::bench) struct Authors {
    pub(in crate::bench) page: Figures,
    pub(in crate::bench) search: Figures,
    pub(in crate::bench) by_number: Figures,
    pub(in crate::bench) by_name: Figures,
    pub(in crate::bench) create: Figures,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Authors> {
    let librarian = Librarian::start(bench, "authors")?;
    let add = |name: &str| {
        let author =
            json!({ "name": name, "variants": ["V. {unique}"], "biography": "A life.", "birth_year": 1882 });
        librarian.target(PATH, Some(author.to_string()))
    };
    let count = |target: crate::bench::load::Target, count| {
        target.run(&bench.programs.load, bench.connections, Pace::Count(count)).context("authors to read")
    };
    count(add("Virginia {unique}"), AUTHORS)?;
    // As few as an older client finds by a name.
    count(add("Zora {unique}"), 10)?;
    let case = |title, target| Case { title, target, with_half: true, commits: None };
    let read = |path: &str| librarian.target(path, None);
    let cases = [
        case("a page of 50", read("/api/v1/authors?limit=50")),
        case("a search that fills a page of 50", read("/api/v1/authors?q=virg&limit=50")),
        case("the older face: an author by number", read("/api/authors/7")),
        case("the older face: ten authors by name", read("/api/authors?name=Zora")),
        case("an author who is added", add("Virginia {unique}")),
    ];
    let [page, search, by_number, by_name, create] = into_array(measure_cases(bench, &cases)?)?;
    Ok(Authors { page, search, by_number, by_name, create })
}
