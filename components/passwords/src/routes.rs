//! The routes.

use lyceum_kit::{prelude::*, random};
use serde::{Deserialize, Serialize};

use crate::domain::{self, HashError};

/// Longer passwords are refused: 128 code points have at most 512 bytes.
const LONGEST_BYTES: usize = 512;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ToHash {
    password: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Hashed {
    /// A PHC string.
    hash: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ToVerify {
    password: String,
    /// A PHC string of Argon2id, or a bcrypt hash.
    hash: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Verdict {
    valid: bool,
    needs_rehash: bool,
}

/// Every route of passwords.
pub(crate) fn routes() -> Routes {
    Routes::new("Passwords", "Hashes passwords, and checks them")
        .add(Access::Service(&["auth"]), route!(hash).without_idempotency())
        .add(Access::Service(&["auth"]), route!(verify).without_idempotency())
}

/// Hashes a password.
#[utoipa::path(post, path = "/hash", request_body = ToHash, responses((status = 200, body = Hashed)))]
async fn hash(ValidJson(body): ValidJson<ToHash>) -> Result<Response, Problem> {
    check_length(&body.password)?;
    let hash = domain::hash(&body.password, random::bytes()?).map_err(problem)?;
    Ok(Json(Hashed { hash }).into_response())
}

/// Checks a password against a hash.
#[utoipa::path(post, path = "/verify", request_body = ToVerify, responses((status = 200, body = Verdict)))]
async fn verify(ValidJson(body): ValidJson<ToVerify>) -> Result<Response, Problem> {
    check_length(&body.password)?;
    let verdict = domain::verify(&body.password, &body.hash).map_err(problem)?;
    Ok(Json(Verdict { valid: verdict.valid, needs_rehash: verdict.needs_rehash }).into_response())
}

fn check_length(password: &str) -> Result<(), Problem> {
    let mut fields = Validation::new();
    let fits = password.len() <= LONGEST_BYTES;
    fields.check("/password", fits, "TOO_LONG", "Must have at most 512 bytes.");
    fields.finish()
}

fn problem(error: HashError) -> Problem {
    match error {
        HashError::NotAHash => {
            Problem::invalid(vec![Violation::new("NOT_A_HASH", error.to_string()).at("/hash")])
        }
        HashError::Failed => {
            log::error(error.to_string());
            Problem::internal()
        }
    }
}
