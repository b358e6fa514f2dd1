//! Calls to the component `passwords`.

use lyceum_kit::{http::Service, prelude::*};
use serde::{Deserialize, Serialize};

use crate::domain::password::Password;

/// The component that hashes.
const PASSWORDS: &str = "passwords";

/// A hash of no known password, as costly to check as a real one: for addresses without an account.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3MgYWNjb3VudA$q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";

#[derive(Serialize)]
struct ToHash<'a> {
    password: &'a str,
}

#[derive(Deserialize)]
struct Hashed {
    hash: String,
}

#[derive(Serialize)]
struct ToVerify<'a> {
    password: &'a str,
    hash: &'a str,
}

/// What a check of a password gave.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Verdict {
    /// It is the account's password.
    pub(crate) valid: bool,
    /// The hash was made with parameters that are no longer thought good enough.
    pub(crate) needs_rehash: bool,
}

/// Hashes a password.
pub(crate) fn hash(password: &Password) -> Result<String, Problem> {
    let hashed: Hashed = Service::new(PASSWORDS).post("/hash", &ToHash { password: password.expose() })?;
    Ok(hashed.hash)
}

/// Checks a password against an account's hash; without an account it takes as long, and fails.
pub(crate) fn verify(password: &Password, hash: Option<&str>) -> Result<Verdict, Problem> {
    let question = ToVerify { password: password.expose(), hash: hash.unwrap_or(NOBODYS_HASH) };
    let verdict: Verdict = Service::new(PASSWORDS).post("/verify", &question)?;
    Ok(Verdict { valid: verdict.valid && hash.is_some(), ..verdict })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_address_costs_as_much_as_a_known_one() {
        let verdict = lyceum_passwords::domain::verify("horse battery staple", NOBODYS_HASH).unwrap();
        assert!(!verdict.valid);
        assert!(!verdict.needs_rehash, "the parameters must be those of today");
    }
}
