//! The keys that this component derives from its secret, one for each purpose.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lyceum_kit::{prelude::*, random, settings};

use crate::domain::{
    access_token::Issuer,
    address::Address,
    refresh_token::{RefreshToken, TOKEN_BYTES},
};

/// Who signs access tokens. Its key is made once an instance.
pub(crate) fn issuer() -> Result<&'static Issuer, Problem> {
    static ISSUER: OnceLock<Issuer> = OnceLock::new();
    if let Some(issuer) = ISSUER.get() {
        return Ok(issuer);
    }
    let issuer = Issuer::from_seed(settings::derived_key("access-token-signing/1")?);
    Ok(ISSUER.get_or_init(|| issuer))
}

/// The key under which an address's failed sign-ins are stored. Known and unknown addresses look
/// the same there, and a copy of the table tells nobody who tried to sign in.
pub(crate) fn attempts_key(address: &Address) -> Result<String, Problem> {
    let key = settings::derived_key(&format!("sign-in-attempts/1 {}", address.folded()))?;
    Ok(URL_SAFE_NO_PAD.encode(key))
}

/// A new refresh token.
pub(crate) fn refresh_token() -> Result<RefreshToken, Problem> {
    Ok(RefreshToken::from_random(random::bytes::<TOKEN_BYTES>()?))
}
