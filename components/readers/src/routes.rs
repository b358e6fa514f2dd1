//! The routes of `/api/v1/readers`.

mod new;
mod photo;
mod view;

use lyceum_kit::erasure;
use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::saga;
use lyceum_kit::sql::{Table as _, Versioned as _};

use self::{new::NewReader, view::ReaderView};
use crate::domain::{OwnFields, Reader, ReaderFields, fields};
use crate::store::{self, Readers};
use crate::{events, joining, leaving, legacy, library_import, rules};

/// To find any reader. Everybody else finds themselves only.
const LIST: Permission = Permission::new("reader:list");
/// To change any reader.
const UPDATE: Permission = Permission::new("reader:update");

pub(crate) fn routes() -> Routes {
    Routes::new("Readers", "The people who borrow: one record for an account.")
        .add(Access::Permission(Permission::new("reader:create")), route!(create))
        .add(Access::Permission(LIST), route!(list))
        .add(Access::SignedIn, route!(show_own))
        .add(Access::SignedIn, route!(change_own))
        .add(Access::SignedIn, route!(show))
        .add(Access::Permission(UPDATE), route!(change))
        .add(Access::Permission(Permission::new("reader:delete")), route!(delete))
        .add(Access::SignedIn, route!(photo::get))
        .add(Access::SignedIn, route!(photo::put))
        .add(Access::SignedIn, route!(photo::delete))
        .with(saga::routes("readers"))
        .with(library_import::routes())
        .with(legacy::routes())
}

impl Resource for Reader {
    type View = ReaderView;
    const PATH: &'static str = "/api/v1/readers";
    const MISSING: &'static str = "There is no such reader.";
}

fn missing() -> Problem {
    Problem::not_found(Reader::MISSING)
}

/// There is no such person, or none any more. Said as what is wrong with the field.
fn no_account() -> Problem {
    let violation = Violation::new("UNKNOWN", "Nobody has an account with this id.");
    Problem::invalid(vec![violation.at("/user_id")])
}

/// Adds a reader: to an account that there is, or together with a new one.
///
/// An account that was made a moment ago may not be known here yet. With `account`, either both are there at the end or
/// neither: the answer is 202, and `Location` shows how far it is; its `subject` is the reader's id.
#[utoipa::path(post, path = "/api/v1/readers", request_body = NewReader, responses(
    (status = 201, body = ReaderView),
    (status = 202, body = saga::SagaView, description = "Account and record are being made"),
    (status = 409, description = "`READER_EXISTS`: the person is a reader already; \
        `EMAIL_TAKEN`: another account has this address"),
))]
async fn create(context: Context, ValidJson(new): ValidJson<NewReader>) -> Result<Response, Problem> {
    let (fields, account) = new.split()?;
    let rules = rules::for_interests(&fields.interests)?;
    let reader = Reader::new(fields, &rules)?;
    match account {
        Some(account) => joining::begin(&context, reader, &account),
        None => add(&context, &reader),
    }
}

/// Adds a reader to an account that there is.
fn add(context: &Context, reader: &Reader) -> Result<Response, Problem> {
    store::NUMBERS.gapless(fields::this_year(), |number| {
        let reader = Reader { number: number.to_string(), ..reader.clone() };
        let transaction = context
            .begin()
            .execute(store::has_account(reader.user_id))
            .on_missing(no_account)
            .execute(erasure::unless_erased(reader.user_id))
            .on_missing(no_account)
            .execute(reader.insert())
            .on_unique("readers.user_id", || {
                Problem::conflict("READER_EXISTS", "This person is a reader already.")
            })
            .execute_all(store::named(&reader))
            .publish(&events::added(&reader));
        Ok::<_, Problem>(transaction.respond(reader.created()))
    })
}

/// Lists readers by name.
#[utoipa::path(get, path = "/api/v1/readers", params(ListQuery<Readers>),
    responses((status = 200, body = Listed<ReaderView>)))]
async fn list(query: ListQuery<Readers>) -> Result<Response, Problem> {
    query.answer(ReaderView::from)
}

/// Shows the caller's own record.
#[utoipa::path(get, path = "/api/v1/readers/me", responses(
    (status = 200, body = ReaderView),
    (status = 404, description = "The caller is no reader"),
))]
async fn show_own(caller: Caller) -> Result<Response, Problem> {
    store::of_user(caller.user_id)?.ok_or_else(missing).map(Reader::shown)
}

/// Changes what the caller decides of their own record: what is given replaces, `null` removes.
#[utoipa::path(patch, path = "/api/v1/readers/me",
    params(("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = OwnFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = ReaderView),
        (status = 404, description = "The caller is no reader"),
    ))]
async fn change_own(
    context: Context,
    caller: Caller,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let reader = store::of_user(caller.user_id)?.ok_or_else(missing)?;
    if_match.check(&reader.tag())?;
    let OwnFields { phone_number, interests, marketing_consent, third_party_consent } =
        patch.apply(&reader.own_fields())?;
    let fields =
        ReaderFields { phone_number, interests, marketing_consent, third_party_consent, ..reader.fields() };
    commit_change(&context, reader, fields)
}

/// Shows a reader. Who may not find them all is told of their own record only.
#[utoipa::path(get, path = "/api/v1/readers/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = ReaderView),
    (status = 404, description = "There is no such reader, or it is somebody else"),
))]
async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let reader = Reader::get(id)?;
    if !caller.may(LIST) && reader.user_id != caller.user_id {
        return Err(missing());
    }
    Ok(reader.shown())
}

/// Changes a reader: what is given replaces, `null` removes.
#[utoipa::path(patch, path = "/api/v1/readers/{id}",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = ReaderFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = ReaderView),
        (status = 404, description = "There is no such reader"),
    ))]
async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let reader = Reader::get_for(id, &if_match)?;
    let fields = patch.apply(&reader.fields())?;
    commit_change(&context, reader, fields)
}

/// Commits what differs, and answers with the reader as they are then.
fn commit_change(context: &Context, reader: Reader, fields: ReaderFields) -> Result<Response, Problem> {
    let rules = rules::for_interests(&fields.interests)?;
    let changed = reader.with(fields, &rules)?;
    if changed.fields() == reader.fields() {
        return Ok(reader.shown());
    }
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .execute_all(store::named(&changed))
        .publish(&events::changed(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes a reader's record. The account stays. Who has copies, or owes fines, settles that first; what they wait for ends.
#[utoipa::path(delete, path = "/api/v1/readers/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "There is no such reader"),
    (status = 409, description = "`COPIES_OUT`, `FINES_UNPAID`: they have or owe something, and `detail` says how much"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
    (status = 503, description = "Nobody can say at present whether they have something: nothing was deleted"),
))]
async fn delete(context: Context, Path(id): Path<Uuid>, conditions: Conditions) -> Result<Response, Problem> {
    let reader = Reader::get_for(id, &conditions)?;
    leaving::settle(&reader)?;
    context
        .begin()
        .execute_all(store::delete(&reader))
        .on_missing(Problem::precondition_failed)
        .publish(&events::removed(&reader))
        .respond(no_content())
        .commit()
}
