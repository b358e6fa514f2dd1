//! The routes, and who may call them.

mod accounts;
mod erasures;
mod keys;
pub(crate) mod legacy;
pub(crate) mod library_accounts;
mod library_import;
mod proposals;
mod registration;
mod sessions;
pub(crate) mod sign_in;
mod tokens;

use lyceum_kit::prelude::*;

/// Who has people erased.
const ERASING: Access = Access::Service(&["users"]);
/// Who has people's accounts made together with something of theirs.
const JOINING: Access = Access::Service(&["readers"]);

/// Every route of auth. Answers with tokens are never stored: whoever repeats a request gets them made anew, from what
/// the request itself says.
pub(crate) fn routes() -> Routes {
    Routes::new("Auth", "Accounts, sign-in, sessions and roles")
        .add(Access::Anyone, route!(registration::register))
        .add(Access::Anyone, route!(sign_in::login).without_idempotency())
        .add(Access::Anyone, route!(tokens::refresh).without_idempotency())
        .add(Access::SignedIn, route!(sessions::logout))
        .add(Access::SignedIn, route!(sessions::list_sessions))
        .add(Access::SignedIn, route!(sessions::end_session))
        .add(Access::SignedIn, route!(accounts::me))
        .add(Access::Permission(Permission::new("role:read")), route!(accounts::roles))
        .add(Access::Permission(Permission::new("role:assign")), route!(accounts::change_roles))
        .add(Access::Anyone, route!(keys::key_set))
        .add(ERASING, route!(erasures::check))
        .add(ERASING, route!(erasures::close))
        .add(ERASING, route!(erasures::reopen))
        .add(JOINING, route!(proposals::propose))
        .add(JOINING, route!(library_accounts::propose))
        .add(JOINING, route!(library_accounts::change))
        .add(JOINING, route!(proposals::reserve))
        .add(JOINING, route!(proposals::withdraw))
        .add(JOINING, route!(proposals::open))
        .add(Access::Service(&["gateway"]), route!(sessions::check_session))
        .with(legacy::routes())
        .with(library_import::routes())
}
