//! Users as administrators keep them there: `/api/admin/users`. What somebody is made there counts there alone, and nobody is
//! made an administrator there who is none of Lyceum's. Whoever is disabled can sign in nowhere.

use lyceum_event_types::auth::EndReason;
use lyceum_kit::again::again;
use lyceum_kit::dialect::SearchPage;
use lyceum_kit::http::{CallError, Service};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::register::{self, LibraryRegistration};
use super::{LibraryUser, full_name, violation};
use crate::domain::account::Status;
use crate::domain::address::Address;
use crate::domain::library_registration as rules;
use crate::domain::library_role::{LibraryRole, may_be_given};
use crate::routes::library_accounts::checked;
use crate::store;
use crate::store::library_users::{self, LibraryAccount};

/// Who keeps people's status, and tells everybody of it.
const USERS: &str = "users";

/// Makes an account, also a librarian's.
#[utoipa::path(post, operation_id = "library_add_user", path = "/legacy/admin/users", request_body = LibraryRegistration,
    responses(
        (status = 200, body = LibraryUser, description = "The account; nothing, if the role is no role"),
        (status = 400, description = "A field is wrong or missing"),
        (status = 409, description = "Another account has this username"),
    ))]
pub(super) async fn create(
    context: Context,
    ValidJson(mut body): ValidJson<LibraryRegistration>,
) -> Result<Response, Problem> {
    let role = body.role.take();
    let valid = body.checked()?;
    match role.as_deref() {
        Some("READER") => register::create(&context, &valid, false),
        Some("LIBRARIAN") => register::create(&context, &valid, true),
        Some(_) => Ok(StatusCode::OK.into_response()),
        // The older library broke off here.
        None => Err(invalid(vec![violation("/role", "must not be null", None)])),
    }
}

fn invalid(wrong: Vec<FieldViolation>) -> Problem {
    Problem::invalid(wrong).with_object("createUserRequest")
}

fn find(number: i64) -> Result<LibraryAccount, Problem> {
    library_users::numbered(number)?
        .filter(|account| account.status == Status::Active)
        .ok_or_else(|| Problem::not_found(format!("Cannot find the user with id {number}.")))
}

fn view(number: i64, account: &LibraryAccount) -> LibraryUser {
    LibraryUser {
        id: number.to_string(),
        username: account.email.clone(),
        full_name: full_name(account.full_name.as_deref(), &account.email),
    }
}

/// Shows a user who is not disabled.
#[utoipa::path(get, operation_id = "library_show_user", path = "/legacy/admin/users/{number}", params(("number" = i64, Path)), responses(
    (status = 200, body = LibraryUser),
    (status = 404, description = "There is no such user, or they are disabled"),
))]
pub(super) async fn show(Path(number): Path<i64>) -> Result<Response, Problem> {
    find(number).map(|account| Json(view(number, &account)).into_response())
}

/// A user as they are to be. What isn't given stays, but for the authorities.
#[derive(Deserialize, ToSchema)]
pub(super) struct LibraryUserChange {
    /// 1 to 100 characters: letters, digits, spaces, `'` and `-`.
    name: Option<String>,
    /// A mail address.
    username: Option<String>,
    /// 8 to 128 characters, with a lower-case and an upper-case letter and a digit or sign.
    #[schema(format = Password)]
    password: Option<String>,
    /// All that the user is there from now on: `ADMIN`, which only an administrator of Lyceum's can be, `LIBRARIAN` and
    /// `READER`. Nothing, if it isn't given.
    authorities: Option<Vec<String>>,
}

/// Changes a user, and what they are there. Whoever becomes something else, or gets another password, is signed out.
#[utoipa::path(put, operation_id = "library_change_user", path = "/legacy/admin/users/{number}", params(("number" = i64, Path)),
    request_body = LibraryUserChange, responses(
        (status = 200, body = LibraryUser),
        (status = 400, description = "A field is wrong"),
        (status = 404, description = "There is no such user, or they are disabled"),
        (status = 409, description = "Another account has this username"),
    ))]
pub(super) async fn change(
    context: Context,
    Path(number): Path<i64>,
    ValidJson(body): ValidJson<LibraryUserChange>,
) -> Result<Response, Problem> {
    let account = find(number)?;
    let authorities = body.authorities.unwrap_or_default();
    let roles_of = |account: &LibraryAccount| {
        authorities.iter().map(|name| authority(name, account)).collect::<Result<Vec<_>, _>>()
    };
    roles_of(&account)?;
    let email = body.username.map(|text| {
        let message = "must be a well-formed email address";
        text.parse::<Address>().map_err(|_| invalid(vec![violation("/username", message, Some(text))]))
    });
    let forbidden = register::forbidden_names()?;
    let name = body.name.map(|name| rules::name(&name, &forbidden).map_err(register::refused));
    let password = body.password.map(|text| rules::password(&text).map_err(register::refused));
    let change = checked(&account, email.transpose()?, password.transpose()?, name.transpose()?)
        .map_err(|problem| if problem.code() == "EMAIL_TAKEN" { register::taken() } else { problem })?;
    again(|| {
        let (account, now) = (find(number)?, clock::now());
        let roles = roles_of(&account)?;
        let username = change.email.as_ref().map_or(account.email.as_str(), Address::as_str);
        let name = change.display_name.as_deref().or(account.full_name.as_deref());
        let view = LibraryUser {
            id: number.to_string(),
            username: username.to_owned(),
            full_name: full_name(name, username),
        };
        let transaction = library_users::change(context.begin(), &account, &change, now)
            .on_unique("accounts.email_folded", register::taken)
            .execute(library_users::give(account.id, &roles))
            .expect_rows(1);
        store::end_sessions_but(transaction, account.id, None, now, EndReason::RolesChanged)?
            .respond(Json(view).into_response())
            .commit()
    })
}

fn authority(name: &str, account: &LibraryAccount) -> Result<LibraryRole, Problem> {
    let refused = |detail: String| Problem::bad_request("ILLEGAL_ARGUMENT", detail);
    let role =
        LibraryRole::from_name(name).ok_or_else(|| refused(format!("There is no authority {name}.")))?;
    if may_be_given(role, &account.roles) {
        return Ok(role);
    }
    Err(refused("Nobody can be made an administrator here who is none of Lyceum's.".to_owned()))
}

/// What users answer, of which nothing is needed.
#[derive(Deserialize)]
struct Person {}

#[derive(Serialize)]
struct NewStatus {
    status: Status,
}

/// Disables a user: they are signed out and can't sign in, and nothing of theirs is erased.
#[utoipa::path(delete, operation_id = "library_disable_user", path = "/legacy/admin/users/{number}", params(("number" = i64, Path)), responses(
    (status = 200, body = LibraryUser),
    (status = 404, description = "There is no such user, or they are disabled"),
    (status = 409, description = "Nobody disables themselves"),
))]
pub(super) async fn disable(context: Context, Path(number): Path<i64>) -> Result<Response, Problem> {
    let account = find(number)?;
    let (id, status) = (account.id, Status::Inactive);
    let told = Service::new(USERS)
        .once(&context, "disable")
        // Whatever it is: the older library's clients name no state.
        .header(header::IF_MATCH, "*")
        .put::<_, Person>(&format!("/api/v1/users/{id}/status"), &NewStatus { status });
    told.map_err(|error| match error {
        // Their profile is made a moment after the account.
        CallError::Refused(refusal) if refusal.status == StatusCode::NOT_FOUND => {
            Problem::unavailable(std::time::Duration::from_secs(1))
        }
        CallError::Refused(refusal) => refusal.to_problem(),
        error => error.into(),
    })?;
    // What users tell comes in a moment, and ends the sessions too; who is told that it is done must find it done.
    again(|| {
        let now = clock::now();
        let transaction = context.begin().execute(store::set_status(id, status, now)).expect_rows(1);
        store::end_sessions_but(transaction, id, None, now, EndReason::AccountClosed)?
            .respond(Json(view(number, &account)).into_response())
            .commit()
    })
}

/// What the library's clients send to each of its searches.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct UserSearch {
    page: Option<SearchPage>,
    query: Option<UserQuery>,
}

/// What is searched for. Blank is nothing, and nothing is everybody.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserQuery {
    /// The whole mail address.
    username: Option<String>,
    /// Nobody is found by this: it is refused.
    full_name: Option<String>,
}

/// A page of a search.
#[derive(Serialize, ToSchema)]
pub(super) struct LibraryUsers {
    items: Vec<LibraryUser>,
}

/// Users, also disabled ones: those that were added last before others, a numbered page at a time.
#[utoipa::path(post, operation_id = "library_search_users", path = "/legacy/admin/users/search", request_body = UserSearch,
    responses(
        (status = 200, body = LibraryUsers),
        (status = 400, description = "There is no such page, or a name was asked for"),
    ))]
pub(super) async fn search(
    context: Context,
    ValidJson(asked): ValidJson<UserSearch>,
) -> Result<Response, Problem> {
    let page = asked.page.unwrap_or_default().page()?;
    let UserQuery { username, full_name } = asked.query.unwrap_or_default();
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    if given(full_name).is_some() {
        return Err(Problem::bad_request("ILLEGAL_ARGUMENT", "Users can't be found by their full name."));
    }
    let found = match given(username).map(|text| text.parse::<Address>()) {
        None => library_users::newest(page)?,
        Some(Ok(address)) => library_users::addressed(&address, page)?,
        Some(Err(_)) => Vec::new(),
    };
    let mut items = Vec::with_capacity(found.len());
    let by = context.without_once();
    for account in found {
        let number = match account.number {
            Some(number) => number,
            None => store::library_user(&by, account.id)?.number,
        };
        items.push(view(number, &account));
    }
    Ok(Json(LibraryUsers { items }).into_response())
}
