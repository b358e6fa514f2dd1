//! The first administrator, whom the operator names by the configuration variables
//! `first_admin_email` and `first_admin_password`.
//!
//! The account is made when somebody signs in with that address or a minute has passed, as long as no
//! administrator is there who can sign in: so one that was erased, perhaps since its password was known,
//! does not come back, and who locked all administrators out gets in again by a new address. Changes of the
//! variables never change an account that exists. Nobody else can register the address.

use lyceum_event_types::auth::UserCreated;
use lyceum_kit::prelude::*;
use lyceum_kit::text::Name;

use crate::domain::{address::Address, password::Password, registration::choose_password};
use crate::{passwords, store};

struct FirstAdmin {
    email: Address,
    password: Password,
}

/// Whether the address is kept for the first administrator.
pub(crate) fn is_reserved(address: &Address) -> Result<bool, Problem> {
    Ok(configured_address()?.is_some_and(|reserved| reserved.folded() == address.folded()))
}

/// Makes the account unless it exists, or an administrator does; so it may be asked for any number of times.
pub(crate) fn ensure(by: &WithoutOnce) -> Result<(), Problem> {
    let Some(FirstAdmin { email, password }) = configured()? else { return Ok(()) };
    if store::is_taken(&email)? || store::has_admin()? {
        return Ok(());
    }
    let password_hash = passwords::hash(&password)?;
    let created = UserCreated {
        user_id: ids::new().into(),
        email: email.as_str().to_owned(),
        display_name: Name::nearest("Administrator").into(),
        first_name: None,
        last_name: None,
        roles: Roles::new([Role::Admin]),
        created_at: clock::now(),
        imported: false,
        status: None,
    };
    match store::create(by.begin(), &created, &email, &password_hash).commit() {
        Ok(_) => log::info("the first administrator's account was made"),
        // Another instance was quicker.
        Err(TransactionError::Sql(SqlError::Unique(_))) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn configured_address() -> Result<Option<Address>, Problem> {
    let Some(text) = config::get("first_admin_email")? else { return Ok(None) };
    Ok(text.parse().map_err(|_| log::error("first_admin_email is not a mail address")).ok())
}

fn configured() -> Result<Option<FirstAdmin>, Problem> {
    let (Some(email), Some(password)) = (configured_address()?, config::get("first_admin_password")?) else {
        return Ok(None);
    };
    match choose_password(&password, &[email.as_str(), email.local_part()]) {
        Ok(password) => Ok(Some(FirstAdmin { email, password })),
        Err(violation) => {
            log::error(format!("first_admin_password: {}", violation.message));
            Ok(None)
        }
    }
}
