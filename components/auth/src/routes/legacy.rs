//! The older library's face of sign-in, registration and users: `/api/public` and `/api/admin/users`.

mod admin;
mod register;

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::violation::FieldViolation;
use serde::{Deserialize, Serialize};

use super::sign_in::{self, Proven};
use crate::domain::account::{Account, Status};
use crate::domain::address::Address;
use crate::domain::library_role::{self, LibraryRole};
use crate::domain::library_token::{Claims, LIFETIME_SECONDS};
use crate::domain::password::Password;
use crate::{library_keys, store};

pub(crate) fn routes() -> Routes {
    let admins = Access::RolesAlone(&[Role::Admin]);
    Routes::new("", "")
        .add(Access::Anyone, route!(login).without_idempotency())
        .add(Access::Anyone, route!(register::register))
        .add(admins, route!(admin::create))
        .add(admins, route!(admin::search))
        .add(admins, route!(admin::show))
        .add(admins, route!(admin::change))
        .add(admins, route!(admin::disable))
        .dialect(&lyceum_kit::dialect::LIBRARY)
}

/// The body of a sign-in; other members are ignored.
#[derive(Deserialize, utoipa::ToSchema)]
struct LibraryLogin {
    /// A mail address.
    #[schema(value_type = String)]
    username: Option<String>,
    #[schema(value_type = String, format = Password)]
    password: Option<String>,
}

/// A user.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct LibraryUser {
    /// A number, as a text.
    id: String,
    username: String,
    full_name: String,
}

/// Signs in. The token, good for ten hours, stands in the header `Authorization` of the answer, bare.
#[utoipa::path(post, operation_id = "library_login", path = "/legacy/public/login", request_body = LibraryLogin, responses(
    (status = 200, body = LibraryUser, headers(("Authorization" = String, description = "The token, without `Bearer`"))),
    (status = 400, description = "A field is wrong or missing"),
    (status = 401, description = "The address or the password is wrong, or the account is disabled"),
    (status = 429, description = "Too many failed: wait for `Retry-After`"),
))]
async fn login(context: Context, ValidJson(body): ValidJson<LibraryLogin>) -> Result<Response, Problem> {
    let (email, text) = body.checked()?;
    let Ok(password) = Password::prepare(&text) else { return Ok(bare(StatusCode::UNAUTHORIZED)) };
    again(|| sign_in_with(&context, &email, &password))
}

fn sign_in_with(context: &Context, email: &Address, password: &Password) -> Result<Response, Problem> {
    let proven = match sign_in::prove(context, email, password) {
        Ok(proven) => proven,
        Err(problem) if problem.code() == "INVALID_CREDENTIALS" => return Ok(bare(problem.status())),
        Err(problem) if problem.code() == "TOO_MANY_ATTEMPTS" => return Ok(without_body(problem)),
        Err(problem) => return Err(problem),
    };
    if proven.account.status != Status::Active {
        return Err(Problem::unauthorized("This account is disabled."));
    }
    let (view, token) = open(context, &proven)?;
    let token = HeaderValue::try_from(token).map_err(|_| Problem::internal())?;
    Ok(([(header::AUTHORIZATION, token)], Json(view)).into_response())
}

impl LibraryLogin {
    fn checked(self) -> Result<(Address, String), Problem> {
        let (username, mut wrong) = username(self.username);
        let password = not_null("/password", self.password, &mut wrong);
        match (username, password) {
            (Some(address), Some(password)) => Ok((address, password)),
            _ => Err(Problem::invalid(wrong).with_object("authRequest")),
        }
    }
}

/// The address, or what is wrong with it.
fn username(given: Option<String>) -> (Option<Address>, Vec<FieldViolation>) {
    match given.as_deref().map(str::parse::<Address>) {
        Some(Ok(address)) => (Some(address), Vec::new()),
        _ => (None, vec![violation("/username", "must be a well-formed email address", given)]),
    }
}

fn not_null(pointer: &str, given: Option<String>, wrong: &mut Vec<FieldViolation>) -> Option<String> {
    if given.is_none() {
        wrong.push(violation(pointer, "must not be null", None));
    }
    given
}

fn not_blank(pointer: &str, given: Option<String>, wrong: &mut Vec<FieldViolation>) -> Option<String> {
    let given = given.filter(|text| !text.trim().is_empty());
    if given.is_none() {
        wrong.push(violation(pointer, "must not be blank", None));
    }
    given
}

fn violation(pointer: &str, message: &'static str, rejected: Option<String>) -> FieldViolation {
    FieldViolation { rejected, ..Violation::new("INVALID", message).at(pointer) }
}

/// A session for as long as its token, and that token.
fn open(context: &Context, proven: &Proven) -> Result<(LibraryUser, String), Problem> {
    let by = context.without_once();
    let issuer = library_keys::issuer(&by)?;
    let Account { id, email, roles: given_roles, .. } = &proven.account;
    let user = store::library_user(&by, *id)?;
    let (now, session) = (clock::now(), ids::new());
    let lifetime = std::time::Duration::from_secs(LIFETIME_SECONDS.unsigned_abs());
    let opened = store::open_bare_session(session, *id, now, now.plus(lifetime));
    proven.begin(context, now).execute(opened).commit()?;
    let given = user.roles.as_ref().map(|AsJson(roles)| roles.as_slice());
    let roles = library_role::of(given_roles, user.librarian == Some(true), given);
    let roles = roles.into_iter().map(LibraryRole::name).collect::<Vec<_>>().join(" ");
    let claims = Claims {
        sub: &format!("{},{email}", user.number),
        uid: &id.to_string(),
        sid: &session.to_string(),
        roles: &roles,
        iat: now.as_seconds(),
    };
    let token = issuer.sign(&claims).map_err(|error| {
        log::error(error.to_string());
        Problem::internal()
    })?;
    let full_name = full_name(user.full_name.as_deref(), email);
    Ok((LibraryUser { id: user.number.to_string(), username: email.clone(), full_name }, token))
}

/// The name that was given at registration; without one, what stands before the `@`.
fn full_name(given: Option<&str>, email: &str) -> String {
    let local = || email.rsplit_once('@').map_or(email, |(local, _)| local);
    given.unwrap_or_else(local).to_owned()
}

/// Nothing but a status.
fn bare(status: StatusCode) -> Response {
    status.into_response()
}

/// The problem's status and headers.
fn without_body(problem: Problem) -> Response {
    let mut response = bare(problem.status());
    let told = problem.into_response();
    if let Some(wait) = told.headers().get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    response
}
