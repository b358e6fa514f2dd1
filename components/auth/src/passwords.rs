//! Calls to the component `passwords`.

use lyceum_kit::{body::collect, http, prelude::*};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::domain::password::Password;

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
pub(crate) async fn hash(password: &Password) -> Result<String, Problem> {
    let hashed: Hashed = call("hash", &ToHash { password: password.expose() }).await?;
    Ok(hashed.hash)
}

/// Checks a password against an account's hash; without an account it takes as long, and fails.
pub(crate) async fn verify(password: &Password, hash: Option<&str>) -> Result<Verdict, Problem> {
    let question = ToVerify { password: password.expose(), hash: hash.unwrap_or(NOBODYS_HASH) };
    let verdict: Verdict = call("verify", &question).await?;
    Ok(Verdict { valid: verdict.valid && hash.is_some(), ..verdict })
}

async fn call<Q: Serialize, A: DeserializeOwned>(operation: &str, question: &Q) -> Result<A, Problem> {
    let unusable = |reason: String| {
        log::error(format!("passwords: {reason}"));
        Problem::bad_gateway("Another service gave no usable answer.")
    };
    let request = Request::post(format!("{}/{operation}", service_url("passwords")))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(serde_json::to_vec(question).map_err(|error| unusable(error.to_string()))?))
        .map_err(|error| unusable(error.to_string()))?;
    let response = http::send(request)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::GATEWAY_TIMEOUT => return Err(Problem::timeout()),
        // Too busy, or broken: for the caller it is the same.
        status if status.is_server_error() => {
            log::warn(format!("passwords: {status}"));
            return Err(Problem::unavailable(std::time::Duration::from_secs(2)));
        }
        status => return Err(unusable(status.to_string())),
    }
    serde_json::from_slice(&collect(response.into_body()).await?).map_err(|error| unusable(error.to_string()))
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
