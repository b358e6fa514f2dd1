//! Where a request or an event comes from; it goes along with everything it causes.

use std::{cell::RefCell, sync::Arc};

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};

use crate::{
    conditions::Conditions,
    host::types,
    ids,
    once::{Step, Token, WithoutOnce},
    outside::{Outside, OutsideAddress},
    problem::Problem,
};

/// Finds everything that one outside request led to.
pub const CORRELATION_HEADER: &str = "x-correlation-id";
/// W3C Trace Context.
pub const TRACEPARENT_HEADER: &str = "traceparent";
const CORRELATION_LIMIT: usize = 128;

thread_local! {
    // An instance works on one request or event at a time.
    static CURRENT: RefCell<Context> = RefCell::new(Context::default());
}

/// The correlation id, the actor, and the key under which the transaction is
/// remembered. An extractor; cheap to clone. All clones share the one use of the key.
#[derive(Clone, Debug, Default)]
pub struct Context {
    origin: Arc<Origin>,
    token: Arc<Token>,
}

/// What stays the same for the whole request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) service: &'static str,
    pub(crate) path: String,
    pub(crate) correlation_id: String,
    pub(crate) causation_id: Option<String>,
    pub(crate) traceparent: Option<String>,
    pub(crate) actor: Option<String>,
    /// The `Lyceum-Identity` header as received, to be passed on.
    pub(crate) identity: Option<String>,
    /// How the service is seen from outside, if the request came through the gateway.
    pub(crate) outside: Option<Outside>,
    /// What the request says about the state that it is meant for.
    pub(crate) conditions: Option<Conditions>,
}

impl Context {
    pub(crate) fn new(origin: Origin) -> Self {
        Self { origin: Arc::new(origin), token: Arc::default() }
    }

    pub(crate) fn with_token(&self, token: impl Into<Arc<Token>>) -> Self {
        Self { origin: Arc::clone(&self.origin), token: token.into() }
    }

    pub(crate) fn token(&self) -> &Arc<Token> {
        &self.token
    }

    /// For a write of this request besides its transaction, under a key of its own: it happens once, too.
    #[must_use]
    pub fn step(&self, name: &str) -> Step {
        Step::new(self, name)
    }

    /// For a write that may happen again with the same `Idempotency-Key`, such as noting that an attempt failed.
    #[must_use]
    pub fn without_once(&self) -> WithoutOnce {
        WithoutOnce::new(self)
    }

    /// Fails unless a change may be committed: see [`Conditions`].
    pub(crate) fn allow_commit(&self) -> Result<(), Problem> {
        self.origin.conditions.as_ref().map_or(Ok(()), Conditions::allow_commit)
    }

    /// What the host writes into events.
    pub(crate) fn to_host(&self) -> types::Context {
        types::Context {
            correlation_id: self.correlation_id().to_owned(),
            causation_id: self.causation_id().map(ToOwned::to_owned),
            traceparent: self.traceparent().map(ToOwned::to_owned),
            actor: self.actor().map(ToOwned::to_owned),
        }
    }

    pub(crate) fn identity(&self) -> Option<&str> {
        self.origin.identity.as_deref()
    }

    /// What this instance works on now; empty outside a request.
    pub fn current() -> Self {
        CURRENT.with_borrow(Clone::clone)
    }

    /// What goes on later, such as a saga, belongs to what began it.
    pub(crate) fn resumed(path: String, correlation_id: &str, actor: Option<&str>) -> Self {
        Self::new(Origin {
            service: Self::current().service(),
            path,
            correlation_id: correlation_id.to_owned(),
            actor: actor.map(ToOwned::to_owned),
            ..Origin::default()
        })
    }

    pub(crate) fn enter(&self) {
        CURRENT.set(self.clone());
    }

    /// Shared by everything that one outside request led to.
    pub fn correlation_id(&self) -> &str {
        &self.origin.correlation_id
    }

    /// The id of the event that is being handled.
    pub fn causation_id(&self) -> Option<&str> {
        self.origin.causation_id.as_deref()
    }

    /// W3C `traceparent`.
    pub fn traceparent(&self) -> Option<&str> {
        self.origin.traceparent.as_deref()
    }

    /// The user on whose behalf this happens.
    pub fn actor(&self) -> Option<&str> {
        self.origin.actor.as_deref()
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.origin.service
    }

    /// The path that was asked for, as this service knows it.
    pub fn path(&self) -> &str {
        &self.origin.path
    }

    /// The address by which clients reach a path of this service's own, such as `/api/v1/books/7?page=2`, by the route
    /// that this request took. For what an answer's body names: `Location` and `Link` are turned by the kit.
    pub fn outside(&self, path: &str) -> OutsideAddress {
        match &self.origin.outside {
            Some(outside) => outside.address(path),
            None => Outside::default().address(path),
        }
    }

    /// The path that was asked for, as the client knows it.
    pub(crate) fn asked(&self) -> String {
        self.origin.outside.as_ref().map_or_else(|| self.path().to_owned(), Outside::asked)
    }

    /// Turns the paths in an answer's headers into those outside.
    pub(crate) fn translate(&self, headers: &mut HeaderMap) {
        if let Some(outside) = &self.origin.outside {
            outside.translate(headers);
        }
    }
}

/// The correlation id of a request, or a new one when there is none that is usable.
pub(crate) fn correlation_id(headers: &HeaderMap) -> String {
    headers
        .get(CORRELATION_HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_correlation_id(id))
        .map_or_else(|| ids::new().to_string(), ToOwned::to_owned)
}

/// It appears in logs and mails, so it may hold only what is harmless there. The public listener has the same rule
/// (`host/front/src/correlation.rs`): an id that it takes over must be the one that all events and logs name.
fn is_correlation_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= CORRELATION_LIMIT
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte))
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harmless_correlation_id_is_kept_and_any_other_replaced() {
        let mut headers = HeaderMap::new();
        for good in ["abc-1", "1-67891233-abcdef", "a_B.c:d", "a/b+c==", &"x".repeat(128)] {
            headers.insert(CORRELATION_HEADER, good.parse().unwrap());
            assert_eq!(correlation_id(&headers), good);
        }
        for bad in ["", "a b", "<script>", "a,b", "a;b", &"x".repeat(129)] {
            headers.insert(CORRELATION_HEADER, bad.parse().unwrap());
            assert_ne!(correlation_id(&headers), bad);
        }
    }
}
