//! The routes of `/api/v1/students/{id}/entries` and `/api/v1/student-entries`.
//!
//! Whoever may `student:read` sees all entries, and grades with `student:grade`; a student sees those about themselves that
//! are visible to them. All else is 404, as what isn't there.

mod lists;

use lyceum_event_types::students::EntryKind;
use lyceum_kit::documents::Stored;
use lyceum_kit::{erasure, prelude::*};

use crate::domain::{Entry, EntryFields, EntryView};
use crate::store::{ENTRIES, id_of};

const READ: Permission = Permission::new("student:read");
const WRITE: Permission = Permission::new("student:write");
const GRADE: Permission = Permission::new("student:grade");

pub(crate) fn routes() -> Routes {
    Routes::new("Students", "Comments, grades and activities: what is written down about students.")
        .add(Access::SignedIn, route!(lists::of_student))
        .add(Access::Permission(READ), route!(lists::of_all))
        .add(Access::SignedIn, route!(show))
        .add(Access::Permission(WRITE), route!(create))
        .add(Access::Permission(WRITE), route!(change))
        .add(Access::Permission(WRITE), route!(delete))
}

fn missing() -> Problem {
    Problem::not_found("There is no such entry.")
}

fn person(subject: Subject, caller: &Caller) -> UserId {
    match subject {
        Subject::Me => caller.user_id,
        Subject::User(id) => id,
    }
}

/// Whether the caller sees it. Nobody is staff to themselves: what is hidden from a student is, also if they teach others.
fn sees(caller: &Caller, entry: &Entry) -> bool {
    if caller.user_id == entry.student_id {
        return entry.visible_to_student || caller.has(Role::Admin);
    }
    caller.may(READ) && (entry.kind != EntryKind::Grade || caller.may(GRADE))
}

fn find(caller: &Caller, subject: Subject, id: Uuid) -> Result<Stored<Entry>, Problem> {
    let found = ENTRIES.get(&id.to_string())?.ok_or_else(missing)?;
    let is_theirs = found.body.student_id == person(subject, caller);
    if is_theirs && sees(caller, &found.body) { Ok(found) } else { Err(missing()) }
}

/// What may be changed, by whoever wrote it and by administrators.
fn find_for_change(caller: &Caller, subject: Subject, id: Uuid) -> Result<Stored<Entry>, Problem> {
    let found = find(caller, subject, id)?;
    if !caller.has(Role::Admin) && found.body.author_id != Some(caller.user_id) {
        return Err(Problem::forbidden("Only who wrote an entry changes it."));
    }
    if found.body.kind == EntryKind::Activity {
        return Err(Problem::conflict("ACTIVITY_IS_FINAL", "What a student did stays written down."));
    }
    Ok(found)
}

/// Shows an entry.
#[utoipa::path(get, path = "/api/v1/students/{id}/entries/{entry_id}",
    params(("id" = String, Path, description = "A user id, or me"), ("entry_id" = Uuid, Path)),
    responses((status = 200, body = EntryView), (status = 404, description = "The caller sees no such entry")))]
async fn show(caller: Caller, Path((subject, id)): Path<(Subject, Uuid)>) -> Result<Response, Problem> {
    let found = find(&caller, subject, id)?;
    Ok(tagged(&found.tag(), Json(found.body.shown(found.id))))
}

/// Writes something down about a student: a comment, a grade or an activity.
#[utoipa::path(post, path = "/api/v1/students/{id}/entries", request_body = EntryFields,
    params(("id" = String, Path, description = "A user id")),
    responses(
        (status = 201, body = EntryView),
        (status = 403, description = "A grade needs `student:grade`; and nobody writes about themselves"),
        (status = 404, description = "The person's data was erased"),
    ))]
async fn create(
    context: Context,
    caller: Caller,
    Path(subject): Path<Subject>,
    ValidJson(fields): ValidJson<EntryFields>,
) -> Result<Response, Problem> {
    let student_id = person(subject, &caller);
    if student_id == caller.user_id {
        return Err(Problem::forbidden("Nobody writes entries about themselves."));
    }
    if fields.kind == EntryKind::Grade && !caller.may(GRADE) {
        return Err(Problem::forbidden("Grades need the permission student:grade."));
    }
    if erasure::is_erased(student_id)? {
        return Err(Problem::not_found("There is no such student."));
    }
    let entry = Entry::new(student_id, caller.user_id, fields)?;
    let id = ENTRIES.new_id(&context);
    let path = format!("/api/v1/students/{student_id}/entries/{id}");
    let first = Stored { id, version: 1, body: entry };
    let event = first.body.added(id_of(&first)?);
    let write = ENTRIES.put(&context, &first.id, &first.body).expect_version(0).publish(&event);
    let answer = created(&path, Json(first.body.shown(first.id.clone())));
    write.respond(tagged(&EntityTag::of_version(1), answer)).commit()
}

/// Changes a comment or a grade: what is given replaces, `null` removes.
#[utoipa::path(patch, path = "/api/v1/students/{id}/entries/{entry_id}",
    params(("id" = String, Path, description = "A user id"), ("entry_id" = Uuid, Path),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = EntryFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = EntryView),
        (status = 403, description = "Somebody else wrote it"),
        (status = 404, description = "The caller sees no such entry"),
        (status = 409, description = "Activities are never changed"),
    ))]
async fn change(
    context: Context,
    caller: Caller,
    Path((subject, id)): Path<(Subject, Uuid)>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let found = find_for_change(&caller, subject, id)?;
    if_match.check(&found.tag())?;
    let changed = found.body.with(patch.apply(&found.body.fields())?)?;
    let next = Stored { id: found.id, version: found.version + 1, body: changed };
    let event = next.body.changed(id);
    let write = ENTRIES.put(&context, &next.id, &next.body).expect_version(found.version).publish(&event);
    let tag = next.tag();
    write.respond(tagged(&tag, Json(next.body.shown(next.id)))).commit()
}

/// Deletes a comment or a grade.
#[utoipa::path(delete, path = "/api/v1/students/{id}/entries/{entry_id}",
    params(("id" = String, Path, description = "A user id"), ("entry_id" = Uuid, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Somebody else wrote it"),
        (status = 404, description = "The caller sees no such entry"),
        (status = 409, description = "Activities are never deleted"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
async fn delete(
    context: Context,
    caller: Caller,
    Path((subject, id)): Path<(Subject, Uuid)>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let found = find_for_change(&caller, subject, id)?;
    conditions.check(&found.tag())?;
    let event = found.body.removed(id);
    let write = ENTRIES.delete(&context, &found.id).expect_version(found.version).publish(&event);
    write.respond(no_content()).commit()
}
