//! A service on the kit: a page of its list, a search that fills one, and a genre that is added, through gateway,
//! genres and SQLite.

use anyhow::Context;
use serde_json::json;

use super::answers::into_array;
use super::librarian::Librarian;
use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::load::Pace;

const PATH: &str = "/api/v1/genres";
/// Genres that are there before.
pub(in crate::bench) const GENRES: u64 = 1_000;

/// Measured figures.
pub(in crate::bench) struct Genres {
    pub(in crate::bench) page: Figures,
    pub(in crate::bench) search: Figures,
    pub(in crate::bench) create: Figures,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Genres> {
    let librarian = Librarian::start(bench, "genres")?;
    let target = |query: &str, body| librarian.target(&format!("{PATH}{query}"), body);
    let create = target("", Some(json!({ "name": "Poetry of {unique}" }).to_string()));
    create.run(&bench.programs.load, bench.connections, Pace::Count(GENRES)).context("genres to read")?;
    let case = |title, target| Case { title, target, with_half: true, commits: None };
    let cases = [
        case("a page of 50", target("?limit=50", None)),
        case("a search that fills a page of 50", target("?q=poe&limit=50", None)),
        case("a genre that is added", create),
    ];
    let [page, search, create] = into_array(measure_cases(bench, &cases)?)?;
    Ok(Genres { page, search, create })
}
