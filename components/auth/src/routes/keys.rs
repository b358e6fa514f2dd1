//! The public keys that verify access tokens.

use lyceum_kit::prelude::*;

use crate::domain::access_token::KeySet;
use crate::secrets;

/// The keys that verify access tokens: RFC 7517.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, body = KeySet)))]
pub(super) async fn key_set() -> Result<Response, Problem> {
    let keys = secrets::issuer()?.key_set();
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response())
}
