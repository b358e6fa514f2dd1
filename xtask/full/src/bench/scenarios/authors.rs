//! Authors: searches of both faces that fill a page, and an author who is added.

use serde_json::{Value, json};

use super::on_kit::Subject;

const PATH: &str = "/api/v1/authors";
/// Authors who are there before.
const AUTHORS: u64 = 1_000;

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    subject.fill(PATH, &author("Virginia {unique}"), AUTHORS)?;
    // As few as an older client finds by a name.
    subject.fill(PATH, &author("Zora {unique}"), 10)?;
    subject.reads("a page of 50", &format!("{PATH}?limit=50"));
    subject.reads("a search that fills a page of 50", &format!("{PATH}?q=virg&limit=50"));
    subject.reads("the older face: an author by number", "/api/authors/7");
    subject.reads("the older face: ten authors by name", "/api/authors?name=Zora");
    subject.adds("an author who is added", PATH, &author("Virginia {unique}"));
    Ok(format!("Authors: `{PATH}` and `/api/authors`, with {AUTHORS} authors at the beginning"))
}

fn author(name: &str) -> Value {
    json!({ "name": name, "variants": ["V. {unique}"], "biography": "A life.", "birth_year": 1882 })
}
