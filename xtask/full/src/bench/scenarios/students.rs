//! Entries about students, as documents: pages of one student who has all of them, at the newest and in the midst, and an entry
//! that is added.

use serde_json::{Value, json};

use super::on_kit::Subject;

/// All are about one student, whose list is the longest that there can be.
const PATH: &str = "/api/v1/students/01890000-0000-7000-8000-000000000001/entries";
/// Entries that are there before.
const ENTRIES: u64 = 100_000;

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let entries = subject.rows_before(ENTRIES);
    let comment = entry("comment");
    subject.fill(PATH, &comment, entries / 2)?;
    let midst = jiff::Timestamp::now();
    subject.fill(PATH, &entry("activity"), entries / 2)?;
    subject.reads("a page of 50", &format!("{PATH}?limit=50"));
    subject.reads("a page of 50 in the midst", &format!("{PATH}?limit=50&to={midst:.6}"));
    subject.reads("a page of 50 of one kind", &format!("{PATH}?limit=50&kind=comment"));
    subject.adds("an entry that is added", PATH, &comment);
    Ok(format!("Students: entries as documents, with {entries} about one student at the beginning"))
}

fn entry(kind: &str) -> Value {
    let text = (kind == "comment").then_some("Reads on a Sunday. {unique}");
    json!({ "kind": kind, "text": text, "details": { "pages": 12, "room": "Main hall" } })
}
