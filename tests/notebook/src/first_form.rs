//! Notes as the first release of this service kept them.

use lyceum_kit::documents::Collection;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::NoteChanged;

/// A note as it was before `0001-author`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    by: String,
    text: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    pages: i64,
}

impl From<Note> for crate::Note {
    fn from(Note { by, text, tags, pages }: Note) -> Self {
        Self { author: by, text, tags, pages }
    }
}

static NOTES: Collection<Note> = Collection::new("notes");

/// Writes a note as the first release did.
#[utoipa::path(post, path = "/api/v1/notes/of-the-first-form", request_body = Note, responses((status = 201)))]
pub(crate) async fn create(context: Context, ValidJson(note): ValidJson<Note>) -> Result<Response, Problem> {
    let id = NOTES.new_id(&context);
    let answer = created(&format!("/api/v1/notes/{id}"), ());
    let event = NoteChanged { note_id: id.clone() };
    NOTES.put(&context, &id, &note).publish(&event).respond(answer).commit()
}

/// Shows a note as the first release did, which doesn't know later forms.
#[utoipa::path(get, path = "/api/v1/notes/{id}/of-the-first-form", params(("id" = String, Path)),
    responses((status = 200, body = Note)))]
pub(crate) async fn show(Path(id): Path<String>) -> Result<Response, Problem> {
    let stored = NOTES.get(&id)?.ok_or_else(|| Problem::not_found("There is no such note."))?;
    Ok(tagged(&stored.tag(), Json(stored.body)))
}
