//! What is known of files.

use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{FileView, answer, answer_created, find};
use crate::domain::Status;
use crate::domain::new_file::NewFile;
use crate::domain::rules::Rules;
use crate::events::FileDeleted;
use crate::{store, sweeping};

/// Announces a file. Its size counts against the caller's quota at once; its content has a day to come.
#[utoipa::path(post, path = "/api/v1/files", request_body = NewFile, responses(
    (status = 201, body = FileView),
    (status = 409, description = "The caller's files would have too many bytes in all"),
    (status = 413, description = "Larger than files may be"),
    (status = 415, description = "A type that isn't taken"),
))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    ValidJson(new): ValidJson<NewFile>,
) -> Result<Response, Problem> {
    let rules = Rules::get()?;
    let file = new.checked(&caller.user_id, &rules)?;
    store::insert(context.begin(), &file, rules.quota).respond(answer_created(file)).commit()
}

/// Which files are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only this person's; others than one's own for administrators only.
    user_id: Option<Uuid>,
    /// Only those that are so far.
    #[param(inline)]
    status: Option<Status>,
    /// Only those for this service.
    service_name: Option<String>,
    /// Only those that belong to such a thing.
    entity_type: Option<String>,
    /// Only those that belong to this one.
    entity_id: Option<String>,
}

/// The caller's files, newest first; everybody's for administrators.
#[utoipa::path(get, path = "/api/v1/files",
    params(Wanted, ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Listed<FileView>)))]
pub(super) async fn list(
    caller: Caller,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let user_id = match wanted.user_id.map(|id| id.to_string()) {
        user_id if caller.has(Role::Admin) => user_id,
        Some(other) if other != caller.user_id => {
            return Err(Problem::forbidden("Only administrators may see other people's files."));
        }
        _ => Some(caller.user_id),
    };
    let Wanted { status, service_name, entity_type, entity_id, .. } = wanted;
    let filter = store::Filter { user_id, status, service_name, entity_type, entity_id };
    let before = page.after()?.unwrap_or(Uuid::max());
    let files = store::list(filter, before, page.rows_to_fetch())?;
    Ok(page.answer(files, |file| file.id, FileView::from))
}

/// What is known of a file.
#[utoipa::path(get, path = "/api/v1/files/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = FileView),
    (status = 404, description = "The caller has no such file"),
))]
pub(super) async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    find(&caller, id).map(answer)
}

/// Deletes a file, or gives up its upload.
#[utoipa::path(delete, path = "/api/v1/files/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "The caller has no such file"),
))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let file = find(&caller, id)?;
    let now = clock::now();
    let deleted = FileDeleted { file_id: file.id, user_id: file.user_id.clone(), deleted_at: now };
    sweeping::delete(context.begin(), &file, now).publish(&deleted).respond(no_content()).commit()
}
