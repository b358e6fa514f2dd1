//! Genres: a page of the list, a search that fills one, and a genre that is added.

use serde_json::json;

use super::on_kit::Subject;

const PATH: &str = "/api/v1/genres";
/// Genres that are there before.
const GENRES: u64 = 1_000;

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let genre = json!({ "name": "Poetry of {unique}" });
    subject.fill(PATH, &genre, GENRES)?;
    subject.reads("a page of 50", &format!("{PATH}?limit=50"));
    subject.reads("a search that fills a page of 50", &format!("{PATH}?q=poe&limit=50"));
    subject.adds("a genre that is added", PATH, &genre);
    Ok(format!("Genres: a service on the kit, `{PATH}`, with {GENRES} genres at the beginning"))
}
