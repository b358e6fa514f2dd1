//! A small service with documents: notes. Only for tests, which plug it in and run a request the whole way, from the
//! socket to the store and back, on each store that documents can be kept in.
//!
//! It also subscribes to its own events and notes in each document which of them it has heard, so that what the
//! relay published is seen from outside. And it has a past: its notes were of another form once.
#![forbid(unsafe_code)]

mod first_form;
mod routes;

use lyceum_kit::documents::{BodyMigration, Collection, Declaration};
use lyceum_kit::once::WithoutOnce;
use lyceum_kit::periodic::{Job, every, minutes};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A note.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Note {
    pub(crate) author: String,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) pages: i64,
}

pub(crate) static NOTES: Collection<Note> =
    Collection::new("notes")
        .migrated(&[BodyMigration::new::<first_form::Note, Note>("0001-author", &["by", "author"])]);
static HEARD: Collection<Heard> = Collection::new("heard");

/// What was heard of a note.
#[derive(Debug, Deserialize, Serialize)]
struct Heard {
    sequences: Vec<u64>,
}

/// A note was written or deleted.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct NoteChanged {
    pub(crate) note_id: String,
}

impl Event for NoteChanged {
    const KIND: &'static str = "lyceum.notebook.NoteChanged.v1";
    const AGGREGATE_TYPE: &'static str = "notes";
    fn aggregate_id(&self) -> String {
        self.note_id.clone()
    }
}

fn collections() -> Vec<Declaration> {
    vec![
        Declaration::new(&NOTES).index("by_author", &["author", "pages"]).index("by_pages", &["pages"]),
        Declaration::new(&HEARD),
    ]
}

const JOBS: &[Job] = &[every(minutes(1), "rewrite notes", rewrite_notes)];

fn rewrite_notes(by: &WithoutOnce) -> Result<(), EventError> {
    NOTES.rewrite_outdated(by).map(drop)
}

/// Once for each event, however often it is delivered.
fn note_changed(received: &Received, changed: &NoteChanged) -> Result<(), EventError> {
    let known = HEARD.get(&changed.note_id)?;
    let version = known.as_ref().map_or(0, |known| known.version);
    let mut sequences = known.map(|known| known.body.sequences).unwrap_or_default();
    sequences.push(received.sequence.unwrap_or_default());
    let heard = Heard { sequences };
    HEARD.put(received, &changed.note_id, &heard).expect_version(version).commit()?;
    Ok(())
}

/// The sequences of the events that were heard.
pub(crate) fn heard(id: &str) -> Result<Vec<u64>, Problem> {
    Ok(HEARD.get(id)?.map(|heard| heard.body.sequences).unwrap_or_default())
}

lyceum_kit::service! {
    name: "notebook",
    routes: routes::routes,
    documents: crate::collections,
    publishes: [NoteChanged],
    on: { reaction: { NoteChanged => note_changed }, periodic: crate::JOBS, },
}
