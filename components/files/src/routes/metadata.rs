//! What is known of files.

use lyceum_event_types::files::FileDeleted;
use lyceum_kit::{list::ListQuery, prelude::*};

use super::{FileView, answer, answer_created, find};
use crate::domain::new_file::NewFile;
use crate::domain::rules::Rules;
use crate::store::{self, Files};
use crate::sweeping;

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
    let file = new.checked(caller.user_id, &rules)?;
    store::insert(context.begin(), &file, rules.quota).respond(answer_created(file)).commit()
}

/// The caller's files, newest first; everybody's for administrators.
#[utoipa::path(get, path = "/api/v1/files", params(ListQuery<Files>),
    responses((status = 200, body = Listed<FileView>)))]
pub(super) async fn list(caller: Caller, query: ListQuery<Files>) -> Result<Response, Problem> {
    let owner = query.given::<Uuid>("user_id").map(UserId::from);
    if owner.is_some_and(|owner| !caller.owns(owner)) {
        return Err(Problem::not_found("There is no such person."));
    }
    let own = (!caller.has(Role::Admin)).then_some(caller.user_id);
    query.answer_within(&store::visible(own), FileView::from)
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
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let file = find(&caller, id)?;
    conditions.check(&file.tag())?;
    let now = clock::now();
    let deleted = FileDeleted { file_id: file.id, user_id: file.user_id, deleted_at: now };
    sweeping::delete(context.begin(), &file, now).publish(&deleted).respond(no_content()).commit()
}
