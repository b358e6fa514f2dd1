//! Who calls: extractors for handlers.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    identity::Claims,
    permission::Permission,
    problem::Problem,
    role::{Role, Roles},
    user_id::UserId,
};

/// A signed-in person on whose behalf a request is made. An extractor: 401
/// when nobody is signed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// Their roles, also those that this service doesn't know.
    pub roles: Roles,
    /// The names of the permissions that their token is limited to; empty means not limited.
    pub scopes: Vec<String>,
    /// The session that their token belongs to.
    pub session_id: Option<String>,
    /// The component that made the call.
    pub component: String,
}

impl Caller {
    /// Whether they have this role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(role)
    }

    /// Whether they may do what is for these roles: they have one of them, or are an administrator, who may do
    /// everything.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        self.has(Role::Admin) || roles.iter().any(|role| self.has(*role))
    }

    /// Whether their token is limited to some permissions.
    pub fn is_limited(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// Whether their token covers this permission.
    pub fn covers(&self, permission: Permission) -> bool {
        !self.is_limited() || self.scopes.iter().any(|scope| scope == permission.name())
    }

    /// Whether they may do this: one of their roles has the permission, and their token covers it.
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.may(permission) && self.covers(permission)
    }

    /// Whether what is this person's is theirs to see and change: they are this person, or an administrator. What is
    /// not answers 404, so that nobody learns what there is.
    pub fn owns(&self, owner: UserId) -> bool {
        self.user_id == owner || self.has(Role::Admin)
    }

    /// The same of what was begun on behalf of somebody; administrators have what nobody began.
    pub(crate) fn owns_begun(&self, actor: Option<&str>) -> bool {
        let actor = actor.and_then(|actor| actor.parse().ok());
        actor.map_or_else(|| self.has(Role::Admin), |actor| self.owns(actor))
    }

    /// A caller for a native test.
    #[doc(hidden)]
    pub fn for_test(user_id: UserId, roles: impl IntoIterator<Item = Role>, scopes: &[&str]) -> Self {
        Self {
            user_id,
            roles: Roles::new(roles),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            session_id: None,
            component: "gateway".to_owned(),
        }
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

impl TryFrom<Claims> for Identity {
    type Error = uuid::Error;

    fn try_from(claims: Claims) -> Result<Self, uuid::Error> {
        let Claims { subject, roles, scopes, session_id, component, .. } = claims;
        let user_id = subject.map(|subject| subject.parse::<UserId>()).transpose()?;
        let caller = user_id.map(|user_id| Caller {
            user_id,
            roles: Roles::from_names(roles),
            scopes,
            session_id,
            component: component.clone(),
        });
        Ok(Self { caller, component })
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

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890000-0000-7000-8000-000000000001";

    fn claims(subject: &str) -> Claims {
        Claims {
            subject: Some(subject.into()),
            roles: vec!["dean".into(), "librarian".into()],
            scopes: vec!["book:create".into()],
            ..Claims::default()
        }
    }

    #[test]
    fn an_identity_keeps_everything_that_it_says() {
        let caller = Identity::try_from(claims(ID)).unwrap().caller.unwrap();
        assert_eq!(caller.user_id.to_string(), ID);
        assert_eq!(caller.roles.names(), ["librarian", "dean"]);
        assert!(caller.may(Permission::new("book:create")) && !caller.may(Permission::new("book:update")));
        assert!(Identity::try_from(claims("u1")).is_err(), "nobody has such an id");
    }

    #[test]
    fn a_limited_token_may_do_only_what_roles_and_scopes_both_allow() {
        let may = |role: Role, scopes: &[&str], permission: &'static str| {
            Caller::for_test(ID.parse().unwrap(), [role], scopes).may(Permission::new(permission))
        };
        assert!(may(Role::Admin, &[], "user:list") && may(Role::Librarian, &[], "book:create"));
        assert!(may(Role::Admin, &["user:list"], "user:list"));
        assert!(!may(Role::Admin, &["user:list"], "book:create"), "not in the scope");
        assert!(!may(Role::Student, &["book:create"], "book:create"), "not of the role");
        for near in ["book", "book:*", "BOOK:CREATE", "book:create2", "*"] {
            assert!(!may(Role::Admin, &[near], "book:create"), "{near}");
        }
    }
}
