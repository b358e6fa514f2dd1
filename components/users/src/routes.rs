//! The routes of `/api/v1/users`.

use lyceum_event_types::users::{ProfileUpdated, StatusChanged};
use lyceum_kit::{again::again, list::ListQuery, prelude::*, saga};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    cohorts,
    domain::{Person, ProfileFields, Status},
    erasure, export, organizations,
    store::{self, People},
    teams,
};

pub(crate) fn routes() -> Routes {
    Routes::new("Users", "People: their profiles, preferences and status, and what they belong to.")
        .add(Access::Permission(Permission::new("user:list")), route!(list))
        .add(Access::SignedIn, route!(show))
        .add(Access::SignedIn, route!(show_profile))
        .add(Access::SignedIn, route!(change_profile))
        .add(Access::Permission(Permission::new("user:set-status")), route!(set_status))
        .add(Access::SignedIn, route!(erase))
        .with(saga::routes("users"))
        .with(export::routes())
        .with(organizations::routes())
        .with(teams::routes())
        .with(cohorts::routes())
}

/// A person.
#[allow(clippy::struct_field_names, reason = "the API names them so")]
#[derive(Debug, Serialize, ToSchema)]
struct User {
    #[schema(value_type = String)]
    user_id: UserId,
    email: String,
    display_name: String,
    first_name: Option<String>,
    last_name: Option<String>,
    status: Status,
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Person> for User {
    fn from(person: Person) -> Self {
        let Person { user_id, email, status, roles, fields, created_at, updated_at, .. } = person;
        let ProfileFields { display_name, first_name, last_name, .. } = fields.0;
        Self { user_id, email, display_name, first_name, last_name, status, roles, created_at, updated_at }
    }
}

/// A person's profile.
#[derive(Debug, Serialize, ToSchema)]
struct Profile {
    #[schema(value_type = String)]
    user_id: UserId,
    #[serde(flatten)]
    fields: ProfileFields,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Person> for Profile {
    fn from(person: Person) -> Self {
        let Person { user_id, fields, created_at, updated_at, .. } = person;
        Self { user_id, fields: fields.0, created_at, updated_at }
    }
}

/// The answer with a person, or a part of them.
fn answer<T: From<Person> + Serialize>(person: Person) -> Response {
    tagged(&person.tag(), Json(T::from(person)))
}

/// The person, if the caller may have them; nobody else learns whether there is one.
fn find(caller: &Caller, subject: Subject) -> Result<Person, Problem> {
    store::find(subject.owned_by(caller, missing)?)?.ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::not_found("There is no such person.")
}

/// Lists people by name.
#[utoipa::path(get, path = "/api/v1/users", params(ListQuery<People>),
    responses((status = 200, body = Listed<User>)))]
async fn list(query: ListQuery<People>) -> Result<Response, Problem> {
    query.answer(User::from)
}

/// Shows a person; `me` is the caller.
#[utoipa::path(get, path = "/api/v1/users/{id}", params(("id" = String, Path, description = "A user id, or `me`")),
    responses((status = 200, body = User)))]
async fn show(caller: Caller, Path(subject): Path<Subject>) -> Result<Response, Problem> {
    find(&caller, subject).map(answer::<User>)
}

/// Shows a profile.
#[utoipa::path(get, path = "/api/v1/users/{id}/profile",
    params(("id" = String, Path, description = "A user id, or `me`")),
    responses((status = 200, body = Profile)))]
async fn show_profile(caller: Caller, Path(subject): Path<Subject>) -> Result<Response, Problem> {
    find(&caller, subject).map(answer::<Profile>)
}

/// Changes a profile: what is given replaces, `null` removes.
#[utoipa::path(patch, path = "/api/v1/users/{id}/profile",
    params(("id" = String, Path, description = "A user id, or `me`"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = ProfileFields, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Profile)))]
async fn change_profile(
    context: Context,
    caller: Caller,
    Path(subject): Path<Subject>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let person = find(&caller, subject)?;
    if_match.check(&person.tag())?;
    let fields = patch.apply(&person.fields.0)?.checked(&person.fields.0)?;
    let changed = Person { fields: AsJson(fields), ..person }.touched();
    let event = ProfileUpdated {
        user_id: changed.user_id,
        display_name: changed.fields.0.display_name.clone(),
        updated_at: changed.updated_at,
    };
    context
        .begin()
        .execute(store::update(&changed))
        .on_missing(Problem::precondition_failed)
        .execute_all(store::renamed(&changed))
        .publish(&event)
        .respond(answer::<Profile>(changed))
        .commit()
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusChange {
    status: Status,
}

/// Sets a person's status. Only who is active may sign in.
///
/// Whoever lets somebody in again may not know that they were shut out a moment ago: so it is said which state was read.
#[utoipa::path(put, path = "/api/v1/users/{id}/status",
    params(("id" = String, Path, description = "A user id"),
        ("If-Match" = String, Header, description = "The ETag that was read; `*` means any state")),
    request_body = StatusChange, responses((status = 200, body = User)))]
async fn set_status(
    context: Context,
    caller: Caller,
    Path(subject): Path<Subject>,
    if_match: IfMatch,
    ValidJson(StatusChange { status }): ValidJson<StatusChange>,
) -> Result<Response, Problem> {
    // Who means any state means the one that there is by then; who means another one is told 412.
    again(|| {
        let person = find(&caller, subject)?;
        if_match.check(&person.tag())?;
        if person.user_id == caller.user_id {
            return Err(Problem::conflict("OWN_STATUS", "Another administrator must change your status."));
        }
        if person.status == status {
            return Ok(answer::<User>(person));
        }
        let changed = Person { status, ..person }.touched();
        let event =
            StatusChanged { user_id: changed.user_id, status: status.into(), changed_at: changed.updated_at };
        let transaction =
            context.begin().execute(store::update(&changed)).on_missing(Problem::changed_meanwhile);
        transaction.publish(&event).respond(answer::<User>(changed)).commit()
    })
}

/// Erases a person: what any service has of them.
///
/// They are signed out at once. The rest takes a while, and there is no way back; asked for again meanwhile, it is the
/// same one. Who has the library's copies, or owes fines, settles that first. The last administrator can't go; if two are the last
/// ones and go at the same time, one of them is `compensated`, and stays. So is who borrows something at that very moment.
#[utoipa::path(delete, path = "/api/v1/users/{id}",
    params(("id" = String, Path, description = "A user id, or `me`")),
    responses(
        (status = 202, body = saga::SagaView, description = "It has begun; `Location` shows how far it is"),
        (status = 404, description = "There is no such person, or none any more"),
        (status = 409, description = "`COPIES_OUT`, `FINES_UNPAID`: they have or owe something; \
            `LAST_ADMIN`: nobody would be left to give roles. Nothing was erased"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
async fn erase(
    context: Context,
    caller: Caller,
    Path(subject): Path<Subject>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let user_id = subject.owned_by(&caller, missing)?;
    let person = store::find(user_id)?;
    conditions.check(person.as_ref().map(Person::tag).as_ref())?;
    match erasure::under_way(user_id)? {
        // There may be others than users who have not answered yet.
        Some(saga) => Ok(saga.accepted()),
        None if person.is_some() => erasure::begin(&context, user_id),
        None => Err(missing()),
    }
}
