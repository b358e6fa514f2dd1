//! The routes of `/api/v1/notes`.

use lyceum_kit::documents::{Stored, all, everything, field};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{NOTES, Note, NoteChanged, first_form, heard};

pub(crate) fn routes() -> Routes {
    Routes::new("Notes", "Notes.")
        .add(Access::SignedIn, route!(create))
        .add(Access::SignedIn, route!(list))
        .add(Access::SignedIn, route!(show))
        .add(Access::SignedIn, route!(change))
        .add(Access::SignedIn, route!(remove))
        .add(Access::SignedIn, route!(events))
        .add(Access::SignedIn, route!(first_form::create))
        .add(Access::SignedIn, route!(first_form::show))
}

#[derive(Debug, Serialize, ToSchema)]
struct Shown {
    id: String,
    #[serde(flatten)]
    note: Note,
}

impl From<Stored<Note>> for Shown {
    fn from(stored: Stored<Note>) -> Self {
        Self { id: stored.id, note: stored.body }
    }
}

fn find(id: &str) -> Result<Stored<Note>, Problem> {
    NOTES.get(id)?.ok_or_else(|| Problem::not_found("There is no such note."))
}

/// Writes a note.
#[utoipa::path(post, path = "/api/v1/notes", request_body = Note, responses((status = 201, body = Shown)))]
async fn create(context: Context, ValidJson(note): ValidJson<Note>) -> Result<Response, Problem> {
    let id = NOTES.new_id(&context);
    let shown = Shown { id: id.clone(), note: note.clone() };
    let answer = tagged(&EntityTag::of_version(1), created(&format!("/api/v1/notes/{id}"), Json(shown)));
    let event = NoteChanged { note_id: id.clone() };
    NOTES.put(&context, &id, &note).expect_version(0).publish(&event).respond(answer).commit()
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only this author's.
    author: Option<String>,
    /// Only those with this tag.
    tag: Option<String>,
    /// Only those with at least so many pages.
    pages: Option<i64>,
}

/// Lists notes, the longest first.
#[utoipa::path(get, path = "/api/v1/notes",
    params(Wanted, ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Listed<Shown>)))]
async fn list(Query(wanted): Query<Wanted>, page: Page) -> Result<Response, Problem> {
    let filters = [
        wanted.author.map(|author| field("author").equals(author)),
        wanted.tag.map(|tag| field("tags").equals(tag)),
        wanted.pages.map(|pages| field("pages").is_at_least(pages)),
        Some(everything()),
    ];
    let filter = all(filters.into_iter().flatten());
    let found = NOTES.find(&filter).sort_desc("pages").page(&page)?;
    Ok(found.answer(&page, Shown::from))
}

/// Shows a note.
#[utoipa::path(get, path = "/api/v1/notes/{id}", params(("id" = String, Path)), responses((status = 200, body = Shown)))]
async fn show(Path(id): Path<String>) -> Result<Response, Problem> {
    let stored = find(&id)?;
    Ok(tagged(&stored.tag(), Json(Shown::from(stored))))
}

/// Changes a note.
#[utoipa::path(patch, path = "/api/v1/notes/{id}", params(("id" = String, Path)),
    request_body(content = Note, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Shown)))]
async fn change(
    context: Context,
    Path(id): Path<String>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let stored = find(&id)?;
    if_match.check(&stored.tag())?;
    let note: Note = patch.apply(&stored.body)?;
    let tag = EntityTag::of_version(i64::try_from(stored.version + 1).unwrap_or(i64::MAX));
    let answer = tagged(&tag, Json(Shown { id: id.clone(), note: note.clone() }));
    let event = NoteChanged { note_id: id.clone() };
    NOTES.put(&context, &id, &note).expect_version(stored.version).publish(&event).respond(answer).commit()
}

/// Deletes a note.
#[utoipa::path(delete, path = "/api/v1/notes/{id}", params(("id" = String, Path)), responses((status = 204)))]
async fn remove(context: Context, Path(id): Path<String>) -> Result<Response, Problem> {
    let event = NoteChanged { note_id: id.clone() };
    NOTES.delete(&context, &id).publish(&event).respond(no_content()).commit()
}

/// Which events of a note were heard.
#[utoipa::path(get, path = "/api/v1/notes/{id}/events", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u64>)))]
async fn events(Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(Json(heard(&id)?).into_response())
}
