//! The keys and tokens that this component derives from its secret, one for each purpose.

use std::{sync::OnceLock, time::Duration};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lyceum_kit::{idempotency, prelude::*, random, settings};

use crate::domain::{
    access_token::Issuer,
    address::Address,
    refresh_token::{RefreshToken, TOKEN_BYTES},
    rotation::{DEFAULT_GRACE, LONGEST_GRACE},
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

/// What the key of the older library's tokens is sealed with, and a name for it that tells nothing of it.
pub(crate) fn library_secret() -> Result<([u8; 32], String), Problem> {
    let name = settings::derived_key("library-token-key-name/1")?;
    Ok((settings::derived_key("library-token-key/1")?, URL_SAFE_NO_PAD.encode(name)))
}

/// The key under which an address's failed sign-ins are stored. Known and unknown addresses look
/// the same there, and a copy of the table tells nobody who tried to sign in.
pub(crate) fn attempts_key(address: &Address) -> Result<String, Problem> {
    let key = settings::derived_key(&format!("sign-in-attempts/1 {}", address.folded()))?;
    Ok(URL_SAFE_NO_PAD.encode(key))
}

/// The session that a sign-in opens, and its first refresh token.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) session: Uuid,
    pub(crate) token: RefreshToken,
}

impl Opening {
    /// A session that nobody can repeat.
    pub(crate) fn random() -> Result<Self, Problem> {
        Ok(Self { session: ids::new(), token: RefreshToken::from_bytes(random::bytes::<TOKEN_BYTES>()?) })
    }

    /// The session that signing in to this account with this `Idempotency-Key` opens.
    pub(crate) fn session_of(account: Uuid, key: &RequestKey) -> Result<Uuid, Problem> {
        let name = settings::derived_key(&format!("session-of-request/1 {}", key.0))?;
        Ok(Uuid::new_v5(&account, &name))
    }

    /// The same session and token for the same request, once it is known when the session began: so
    /// that a sign-in whose answer was lost can be repeated, and the token is stored nowhere.
    pub(crate) fn of_request(session: Uuid, began: Timestamp, key: &RequestKey) -> Result<Self, Problem> {
        let label = format!("refresh-token-of-request/1 {session} {} {}", began.as_micros(), key.0);
        Ok(Self { session, token: RefreshToken::from_bytes(settings::derived_key(&label)?) })
    }
}

/// The refresh token that follows this one. It follows from the secret and the token, so that two who
/// show a token at once get the same, and nothing that is stored gives it away.
pub(crate) fn successor(token: &RefreshToken) -> Result<RefreshToken, Problem> {
    let bytes = settings::derived_key(&format!("refresh-token-successor/1 {}", token.expose()))?;
    Ok(RefreshToken::from_bytes(bytes))
}

/// A keyed digest of a request's `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestKey(String);

impl RequestKey {
    /// That of the request with these headers, if it has one. The kit has refused what is no key.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let Some(key) = headers.get(idempotency::HEADER).and_then(|key| key.to_str().ok()) else {
            return Ok(None);
        };
        let digest = settings::derived_key(&format!("token-request-key/1 {key}"))?;
        Ok(Some(Self(URL_SAFE_NO_PAD.encode(digest))))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// For how long a token that was just exchanged gets the same answer again.
pub(crate) fn refresh_grace() -> Result<Duration, Problem> {
    let Some(text) = config::get("refresh_grace")? else { return Ok(DEFAULT_GRACE) };
    let grace = text.parse().ok().map(Duration::from_secs).filter(|grace| *grace <= LONGEST_GRACE);
    grace.ok_or_else(|| {
        log::error(format!("refresh_grace must be a number of seconds up to {}", LONGEST_GRACE.as_secs()));
        Problem::internal()
    })
}

#[cfg(test)]
mod tests {
    use lyceum_kit::testing::configure;

    use super::*;

    fn with_secret() {
        for name in ["lyceum.identity-key", "lyceum.secret"] {
            configure(name, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        }
        configure("lyceum.component", "auth");
    }

    fn key(text: &str) -> RequestKey {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static(idempotency::HEADER),
            HeaderValue::from_str(text).unwrap(),
        )]);
        RequestKey::of(&headers).unwrap().unwrap()
    }

    #[test]
    fn a_token_has_one_successor_and_each_its_own() {
        with_secret();
        let token = RefreshToken::from_bytes([7; TOKEN_BYTES]);
        let next = successor(&token).unwrap();
        assert_eq!(successor(&token).unwrap(), next);
        assert_ne!(next, token);
        assert_ne!(successor(&next).unwrap(), token);
        assert_ne!(successor(&RefreshToken::from_bytes([8; TOKEN_BYTES])).unwrap(), next);
    }

    #[test]
    fn the_same_sign_in_opens_the_same_session_with_the_same_token() {
        with_secret();
        let (account, began) = (ids::new(), clock::now());
        let session = |account: Uuid, text: &str| Opening::session_of(account, &key(text)).unwrap();
        assert_eq!(session(account, "k"), session(account, "k"));
        assert_ne!(session(account, "k"), session(account, "l"));
        assert_ne!(session(account, "k"), session(ids::new(), "k"));
        let token = |session: Uuid, began: Timestamp, text: &str| {
            Opening::of_request(session, began, &key(text)).unwrap().token
        };
        let first = token(session(account, "k"), began, "k");
        assert_eq!(token(session(account, "k"), began, "k"), first);
        // A key that comes again after its session was forgotten gives no token that was given before.
        assert_ne!(token(session(account, "k"), began.plus(Duration::from_micros(1)), "k"), first);
        assert_ne!(token(session(account, "l"), began, "l"), first);
    }

    #[test]
    fn a_key_is_not_stored_as_it_came() {
        with_secret();
        assert_eq!(RequestKey::of(&HeaderMap::new()).unwrap(), None);
        assert!(!key("my-key").as_str().contains("my-key"));
        assert_ne!(key("a"), key("b"));
    }

    #[test]
    fn the_grace_is_what_the_operator_says_within_its_range() {
        for (text, seconds) in
            [("", Some(10)), ("0", Some(0)), ("60", Some(60)), ("61", None), ("-1", None), ("x", None)]
        {
            configure("refresh_grace", text);
            assert_eq!(refresh_grace().ok().map(|grace| grace.as_secs()), seconds, "{text}");
        }
    }
}
