//! How accounts begin.

use lyceum_event_types::auth::UserCreated;
use lyceum_kit::prelude::*;
use serde::Serialize;

use crate::domain::registration::Register;
use crate::{first_admin, passwords, store};

/// A new account.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Registered {
    user_id: Uuid,
    email: String,
    display_name: String,
}

/// Makes an account. Its profile and its welcome follow in a moment.
///
/// Repeated with the same `Idempotency-Key`, it gets the first answer. Repeated without one it is
/// refused with `EMAIL_TAKEN`; whose answer was lost can sign in.
#[utoipa::path(post, path = "/api/v1/auth/register", request_body = Register, responses(
    (status = 201, description = "The account; `Location` is the user", body = Registered),
    (status = 409, description = "`EMAIL_TAKEN`: another account has this address"),
    (status = 422, description = "A field is wrong, or the password may not be chosen"),
))]
pub(super) async fn register(
    context: Context,
    ValidJson(body): ValidJson<Register>,
) -> Result<Response, Problem> {
    let registration = body.validate()?;
    let email = registration.email;
    // Asked before the costly hash; the constraint decides.
    if first_admin::is_reserved(&email)? || store::is_taken(&email)? {
        return Err(taken());
    }
    let password_hash = passwords::hash(&registration.password)?;
    let user = UserCreated {
        user_id: ids::new().into(),
        email: email.as_str().to_owned(),
        display_name: registration.display_name.into(),
        first_name: registration.first_name.map(Into::into),
        last_name: registration.last_name.map(Into::into),
        roles: Roles::new([Role::Student]),
        created_at: clock::now(),
        imported: false,
        status: None,
    };
    let location = format!("/api/v1/users/{}", user.user_id);
    store::create(context.begin(), &user, &email, &password_hash)
        .on_unique("accounts.email_folded", taken)
        .respond(created(
            &location,
            Json(Registered {
                user_id: user.user_id.uuid(),
                email: user.email,
                display_name: user.display_name,
            }),
        ))
        .commit()
}

pub(super) fn taken() -> Problem {
    Problem::conflict("EMAIL_TAKEN", "Another account has this address.")
        .with_violation(Violation::new("EMAIL_TAKEN", "Another account has this address.").at("/email"))
}
