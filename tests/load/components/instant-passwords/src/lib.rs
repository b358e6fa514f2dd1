//! Stands in for `passwords` in the benchmark, to measure a registration without the cost of Argon2id:
//! the answer is a SHA-256, as in the native server's `--without-password-hash`.
//!
//! Never serve people with it: such a hash can be guessed, and `/verify` is missing on purpose.
#![forbid(unsafe_code)]

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

lyceum_kit::service! {
    name: "passwords",
    routes: routes,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ToHash {
    password: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Hashed {
    hash: String,
}

fn routes() -> Routes {
    Routes::new("Passwords", "Answers at once")
        .add(Access::Service(&["auth"]), route!(hash).without_idempotency())
}

/// A hash that costs nothing and protects nobody.
#[utoipa::path(post, path = "/hash", request_body = ToHash, responses((status = 200, body = Hashed)))]
async fn hash(ValidJson(body): ValidJson<ToHash>) -> Json<Hashed> {
    Json(Hashed { hash: STANDARD_NO_PAD.encode(Sha256::digest(body.password)) })
}
