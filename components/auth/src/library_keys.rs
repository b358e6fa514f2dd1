//! Who signs the older library's tokens. Their key is made once, before anybody needs it; see
//! [`crate::domain::library_key`].

use std::sync::OnceLock;

use lyceum_kit::{prelude::*, random};

use crate::domain::library_key::{self, KeyError};
use crate::domain::library_token::LibraryIssuer;
use crate::{secrets, store};

static ISSUER: OnceLock<LibraryIssuer> = OnceLock::new();

/// Who signs, if there is a key already.
pub(crate) fn known() -> Result<Option<&'static LibraryIssuer>, Problem> {
    if let Some(issuer) = ISSUER.get() {
        return Ok(Some(issuer));
    }
    let (secret, name) = secrets::library_secret()?;
    let Some(sealed) = store::library_key(&name)? else { return Ok(None) };
    let key = library_key::open(&sealed, &secret).map_err(|error| broken(&error))?;
    Ok(Some(ISSUER.get_or_init(|| LibraryIssuer::new(key))))
}

/// Who signs. A sign-in that comes before the first tick makes the key itself. Of several that are made at once, one is
/// kept and used by all.
pub(crate) fn issuer(by: &WithoutOnce) -> Result<&'static LibraryIssuer, Problem> {
    if let Some(issuer) = known()? {
        return Ok(issuer);
    }
    let (secret, name) = secrets::library_secret()?;
    let nonce = random::bytes()?;
    let made = library_key::generate().and_then(|key| library_key::seal(&key, &secret, nonce));
    let sealed = made.map_err(|error| broken(&error))?;
    by.begin().execute(store::keep_library_key(&name, sealed, clock::now())).commit()?;
    known()?.ok_or_else(Problem::internal)
}

/// Has a key at hand before the first one needs it.
pub(crate) fn prepare(by: &WithoutOnce) -> Result<(), EventError> {
    issuer(by)?;
    Ok(())
}

fn broken(error: &KeyError) -> Problem {
    log::error(error.to_string());
    Problem::internal()
}
