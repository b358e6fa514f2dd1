//! Who calls: an access token is verified once an instance; with every request
//! its session is looked up, and its key must not have been withdrawn.
//!
//! Without a token the caller is nobody, and each service decides what nobody
//! may do. With one that isn't good the answer is 401, whatever the path; when
//! that can't be known it is 503.

mod bearer;
mod key_set;
mod key_store;
mod long_sessions;
mod refusal;
pub(crate) mod revocation;
mod session_cache;
mod shared_keys;
mod sources;
#[cfg(test)]
mod tests;
mod token;

use std::cell::RefCell;

use http::{HeaderMap, HeaderValue};
use lyceum_kit::{
    identity::{self, Claims},
    prelude::*,
};
use sha2::{Digest as _, Sha256};

use crate::library::Face;

use self::{
    key_store::KeyStore,
    refusal::Refusal,
    session_cache::{Known, SessionCache},
    sources::{Host, Sources},
    token::{Kind, Token},
};

/// For how many of its 60 seconds an identity is used again, so that it lasts
/// for the call that it goes with.
const IDENTITY_REUSE_SECONDS: i64 = 20;

thread_local! {
    // An instance works on one request at a time.
    static AUTHENTICATOR: RefCell<Authenticator> = RefCell::default();
}

/// A caller whose token is good and whose session goes on.
#[derive(Debug)]
pub(crate) struct Session {
    /// The `Lyceum-Identity` header that says so to components.
    pub(crate) identity: HeaderValue,
    /// The user's id.
    pub(crate) user_id: String,
    /// The session's own id.
    pub(crate) id: String,
    /// Until when the token is good, in seconds since the Unix epoch.
    pub(crate) expires_at: i64,
    /// Whether it has the role of administrators.
    pub(crate) is_admin: bool,
}

/// Who sends a request with these headers to this face; `None` for nobody.
pub(crate) fn authenticate(headers: &HeaderMap, face: Face) -> Result<Option<Session>, Problem> {
    let Some(token) = bearer::token(headers)? else { return Ok(None) };
    let now = clock::now().as_seconds();
    AUTHENTICATOR.with_borrow_mut(|authenticator| authenticator.session(token, face, now, &Host)).map(Some)
}

/// What one instance remembers from request to request.
#[derive(Debug, Default)]
struct Authenticator {
    keys: KeyStore,
    sessions: SessionCache,
}

impl Authenticator {
    /// `now` is in seconds since the Unix epoch.
    fn session(
        &mut self,
        token: &str,
        face: Face,
        now: i64,
        sources: &impl Sources,
    ) -> Result<Session, Problem> {
        let digest = Sha256::digest(token).into();
        // A verified token is as good as its key, which may have been withdrawn since.
        let verified = match self.sessions.find(&digest) {
            Some(known) => self.keys.find(&known.key_id, now, sources)? == known.key,
            None => false,
        };
        if !verified {
            let token = Token::parse(token)?;
            check_face(token.kind(), face)?;
            let key = self.keys.find(token.key_id(), now, sources)?;
            let claims = token.verify(&key, now)?;
            self.sessions.insert(digest, Known::new(claims, token.key_id().to_owned(), key), now);
        }
        let known = self.sessions.find(&digest).ok_or_else(Problem::internal)?;
        check_face(known.claims.kind, face)?;
        known.claims.check_time(now)?;
        if sources.has_ended(&known.claims.session_id)? {
            return Err(Refusal::Ended.into());
        }
        if known.claims.kind == Kind::Library && !sources.lasts(&known.claims.session_id) {
            return Err(Refusal::Ended.into());
        }
        Ok(Session {
            identity: known.identity(now)?,
            user_id: known.claims.subject.clone(),
            id: known.claims.session_id.clone(),
            expires_at: known.claims.expires_at,
            is_admin: known.claims.roles.iter().any(|role| role == Role::Admin.name()),
        })
    }
}

/// Tokens of the older library's clients count on its face alone.
fn check_face(kind: Kind, face: Face) -> Result<(), Refusal> {
    match (kind, face) {
        (Kind::Own, _) | (Kind::Library, Face::Library) => Ok(()),
        (Kind::Library, Face::Own) => Err(Refusal::Algorithm),
    }
}

impl Known {
    /// The identity, made anew when it is no longer fresh.
    fn identity(&mut self, now: i64) -> Result<HeaderValue, Problem> {
        if let Some((identity, issued_at)) = &self.identity
            && (0..IDENTITY_REUSE_SECONDS).contains(&(now - issued_at))
        {
            return Ok(identity.clone());
        }
        let identity = identity::issue(Claims {
            subject: Some(self.claims.subject.clone()),
            roles: self.claims.roles.clone(),
            scopes: self.claims.scopes.clone(),
            session_id: Some(self.claims.session_id.clone()),
            ..Claims::default()
        })?;
        let identity = HeaderValue::try_from(identity).map_err(|_| Problem::internal())?;
        self.identity = Some((identity.clone(), now));
        Ok(identity)
    }
}
