//! Registration as the older library has it.

use lyceum_event_types::auth::UserCreated;
use lyceum_kit::{prelude::*, text};
use serde::Deserialize;

use super::{LibraryUser, not_blank, username};
use crate::domain::address::Address;
use crate::domain::library_registration::{self as rules, Refused};
use crate::{first_admin, passwords, store};

/// The configuration variable that lets anybody register as a librarian of that face, when it says `open`.
const SWITCH: &str = "library_librarian_registration";

/// The configuration variable with texts that no word of a name may hold; they are the same for readers' records.
const FORBIDDEN: &str = "forbidden_names";

/// The body of a registration; other members are ignored.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct LibraryRegistration {
    /// A mail address.
    #[schema(value_type = String)]
    username: Option<String>,
    /// 8 to 128 characters, with a lower-case and an upper-case letter and a digit or sign.
    #[schema(value_type = String, format = Password)]
    password: Option<String>,
    /// 1 to 100 characters: letters, digits, spaces, `'` and `-`.
    #[schema(value_type = String)]
    name: Option<String>,
    /// `READER` or `LIBRARIAN`; with any other text nothing happens.
    #[schema(value_type = String)]
    pub(super) role: Option<String>,
}

/// What was given, if none of it is missing.
pub(super) struct Valid {
    address: Address,
    password: String,
    name: String,
}

/// Makes an account. That of a librarian, which an operator must have opened, is one on this face alone.
#[utoipa::path(post, operation_id = "library_register", path = "/legacy/public/register", request_body = LibraryRegistration,
    responses(
        (status = 200, body = LibraryUser, description = "The account; nothing, if the role is no role"),
        (status = 400, description = "A field is wrong or missing"),
        (status = 401, description = "There is no role"),
        (status = 403, description = "Nobody can register as a librarian; or there is no role, and somebody is signed in"),
        (status = 409, description = "Another account has this username"),
    ))]
pub(super) async fn register(
    context: Context,
    MaybeCaller(caller): MaybeCaller,
    ValidJson(mut body): ValidJson<LibraryRegistration>,
) -> Result<Response, Problem> {
    let role = body.role.take();
    let valid = body.checked()?;
    let librarian = match role.as_deref() {
        Some("READER") => false,
        Some("LIBRARIAN") => true,
        Some(_) => return Ok(StatusCode::OK.into_response()),
        // The older library broke off here, and told that as it did all that went wrong: not at all.
        None if caller.is_some() => return Err(Problem::forbidden("There is no role.")),
        None => return Err(Problem::unauthorized("There is no role.")),
    };
    if librarian && config::get(SWITCH)?.as_deref() != Some("open") {
        let detail = "Librarians can't register; an administrator gives that role.";
        return Err(Problem::forbidden(detail).with_code("REGISTRATION_CLOSED"));
    }
    create(&context, &valid, librarian)
}

/// Makes an account, if the rules allow it.
pub(super) fn create(context: &Context, valid: &Valid, librarian: bool) -> Result<Response, Problem> {
    let name = rules::name(&valid.name, &forbidden_names()?).map_err(refused)?;
    let password = rules::password(&valid.password).map_err(refused)?;
    // Asked before the costly hash; the constraint decides.
    if first_admin::is_reserved(&valid.address)? || store::is_taken(&valid.address)? {
        return Err(taken());
    }
    let password_hash = passwords::hash(&password)?;
    let number = store::next_library_number(&context.without_once())?;
    let user = UserCreated {
        user_id: ids::new().into(),
        email: valid.address.as_str().to_owned(),
        display_name: name.into(),
        first_name: None,
        last_name: None,
        roles: Roles::new([Role::Reader]),
        created_at: clock::now(),
        imported: false,
        status: None,
    };
    let view = LibraryUser {
        id: number.to_string(),
        username: user.email.clone(),
        full_name: user.display_name.clone(),
    };
    store::create(context.begin(), &user, &valid.address, &password_hash)
        .on_unique("accounts.email_folded", taken)
        .execute(store::add_library_user(user.user_id.uuid(), number, librarian))
        .respond(Json(view).into_response())
        .commit()
}

impl LibraryRegistration {
    /// All of it, or what is missing.
    pub(super) fn checked(self) -> Result<Valid, Problem> {
        let (username, mut wrong) = username(self.username);
        let password = not_blank("/password", self.password, &mut wrong);
        let name = not_blank("/name", self.name, &mut wrong);
        match (username, password, name) {
            (Some(address), Some(password), Some(name)) => Ok(Valid { address, password, name }),
            _ => Err(Problem::invalid(wrong).with_object("createUserRequest")),
        }
    }
}

/// Folded texts that no word of a name may hold.
pub(super) fn forbidden_names() -> Result<Vec<String>, Problem> {
    let forbidden = config::get(FORBIDDEN)?.unwrap_or_default();
    Ok(forbidden.split_whitespace().map(text::fold).collect())
}

pub(super) fn refused(why: Refused) -> Problem {
    Problem::bad_request("REFUSED", why.to_string())
}

pub(super) fn taken() -> Problem {
    Problem::conflict("USERNAME_TAKEN", "Username already exists!")
}
