//! Who calls: extractors for handlers.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::{identity::Claims, problem::Problem, role::Role};

/// A signed-in person on whose behalf a request is made. An extractor: 401
/// when nobody is signed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The person.
    pub user_id: String,
    /// Their roles. One that this service doesn't know is left out.
    pub roles: Vec<Role>,
    /// What their token is limited to; empty means not limited.
    pub scopes: Vec<String>,
    /// The session that their token belongs to.
    pub session_id: Option<String>,
    /// The component that made the call.
    pub component: String,
}

impl Caller {
    /// Whether they have this role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they have one of these roles.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }
}

/// The caller, if somebody is signed in. An extractor that never refuses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MaybeCaller(pub Option<Caller>);

/// What the identity header said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    pub(crate) caller: Option<Caller>,
    pub(crate) component: String,
}

impl From<Claims> for Identity {
    fn from(claims: Claims) -> Self {
        let component = claims.component.clone();
        let caller = claims.subject.map(|user_id| Caller {
            user_id,
            roles: claims.roles.iter().filter_map(|name| Role::from_name(name)).collect(),
            scopes: claims.scopes,
            session_id: claims.session_id,
            component: claims.component,
        });
        Self { caller, component }
    }
}

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.extensions.get::<Identity>().and_then(|identity| identity.caller.clone())))
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let MaybeCaller(caller) = MaybeCaller::from_request_parts(parts, state).await?;
        caller.ok_or_else(|| Problem::unauthorized("Sign in first."))
    }
}
