//! What is noted of a subject by key.

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use serde::Deserialize;
use serde_json::Value as AnyJson;
use utoipa::ToSchema;

use super::subjects::{found, own};
use super::view::{Done, Items, MetadataView};
use crate::store;

/// What is noted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Noted {
    /// Any JSON.
    metadata_value: AnyJson,
}

/// Shows all that is noted of a subject.
#[utoipa::path(get, path = "/api/v1/subjects/{number}/metadata/", params(("number" = i64, Path)), responses(
    (status = 200, body = Items<MetadataView>),
    (status = 404, description = "There is no such subject"),
))]
pub(super) async fn list(Path(id): Path<i64>) -> Result<Response, Problem> {
    found(id)?;
    let views = store::metadata(id)?.into_iter().map(|noted| MetadataView::of(id, noted)).collect();
    Ok(Json(Items::all(views)).into_response())
}

/// Notes something of a subject, instead of what was noted by this key.
#[utoipa::path(put, path = "/api/v1/subjects/{number}/metadata/{key}",
    params(("number" = i64, Path), ("key" = String, Path, description = "1 to 100 characters")),
    request_body = Noted, responses(
        (status = 200, body = Done),
        (status = 404, description = "There is no such subject"),
    ))]
pub(super) async fn put(
    context: Context,
    caller: Caller,
    Path((id, key)): Path<(i64, String)>,
    ValidJson(noted): ValidJson<Noted>,
) -> Result<Response, Problem> {
    let subject = own(&caller, id)?;
    text::required_line(&key, 100).map_err(|wrong| Problem::malformed(wrong.at("/path/key")))?;
    context
        .begin()
        .execute(store::exists(subject.id))
        .on_missing(Problem::changed_meanwhile)
        .execute(store::note(id, &key, &noted.metadata_value.to_string(), clock::now()))
        .respond(Json(Done::saying(format!("Metadata {key} of subject {id} set"))))
        .commit()
}

/// Forgets what was noted by this key.
#[utoipa::path(delete, path = "/api/v1/subjects/{number}/metadata/{key}",
    params(("number" = i64, Path), ("key" = String, Path)), responses(
        (status = 200, body = Done),
        (status = 404, description = "There is no such subject or key"),
    ))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    own(&caller, id)?;
    let missing = key.clone();
    context
        .begin()
        .execute(store::forget(id, &key))
        .on_missing(move || Problem::not_found(format!("Metadata {missing} of subject {id} not found")))
        .respond(Json(Done::saying(format!("Metadata {key} of subject {id} deleted"))))
        .commit()
}
