//! Who may call a route.

use http::{HeaderValue, header};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, Identity},
    permission::Permission,
    problem::Problem,
    role::Role,
};

/// Who may call a route: stated where the route is declared, enforced before
/// its handler runs, and shown in OpenAPI as `x-lyceum-access`.
///
/// Administrators may call whatever any signed-in person may. A token that is limited to some permissions opens no
/// route but those for one of these, and those for anyone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Signed in or not.
    Anyone,
    /// Anyone who is signed in.
    SignedIn,
    /// Anyone signed in who has one of these roles, and administrators.
    Roles(&'static [Role]),
    /// Anyone signed in who has one of these roles. Administrators are no exception: for older systems' faces, whose roles
    /// stand beside each other.
    RolesAlone(&'static [Role]),
    /// Anyone signed in of whose roles one has this permission, if their token covers it.
    Permission(Permission),
    /// Calls that one of these components makes, for whomever.
    Service(&'static [&'static str]),
}

impl Access {
    /// Fails with 401 without the caller that is needed, 403 with the wrong one.
    pub(crate) fn check(self, identity: &Identity) -> Result<(), Problem> {
        match self {
            Self::Anyone => Ok(()),
            Self::Service(components) if components.contains(&identity.component.as_str()) => Ok(()),
            Self::Service(_) => Err(Problem::forbidden("Only other services may call this.")),
            Self::SignedIn | Self::Roles(_) | Self::RolesAlone(_) | Self::Permission(_) => {
                let caller = identity.caller.as_ref();
                self.check_caller(caller.ok_or_else(|| Problem::unauthorized("Sign in first."))?)
            }
        }
    }

    fn check_caller(self, caller: &Caller) -> Result<(), Problem> {
        let allowed = match self {
            Self::Roles(roles) => caller.has_any(roles),
            Self::RolesAlone(roles) => roles.iter().any(|role| caller.has(*role)),
            Self::Permission(permission) => caller.roles.may(permission),
            _ => true,
        };
        if !allowed {
            return Err(Problem::forbidden("Your roles do not allow this."));
        }
        let covered = match self {
            Self::Permission(permission) => caller.covers(permission),
            _ => !caller.is_limited(),
        };
        if covered { Ok(()) } else { Err(self.insufficient_scope()) }
    }

    /// RFC 6750, section 3.1.
    fn insufficient_scope(self) -> Problem {
        let scope = match self {
            Self::Permission(permission) => format!(", scope=\"{permission}\""),
            _ => String::new(),
        };
        let problem = Problem::forbidden("Your token does not cover this.").with_code("INSUFFICIENT_SCOPE");
        match HeaderValue::try_from(format!("Bearer error=\"insufficient_scope\"{scope}")) {
            Ok(challenge) => problem.with_header(header::WWW_AUTHENTICATE, challenge),
            Err(_) => problem,
        }
    }

    /// The value of `x-lyceum-access`.
    pub(crate) fn document(self) -> Value {
        match self {
            Self::Anyone => json!("anyone"),
            Self::SignedIn => json!("signed-in"),
            Self::Roles(roles) => {
                let admin = (!roles.contains(&Role::Admin)).then_some(Role::Admin);
                json!({ "roles": roles.iter().copied().chain(admin).collect::<Vec<_>>() })
            }
            Self::RolesAlone(roles) => json!({ "roles": roles }),
            Self::Permission(permission) => {
                json!({ "permission": permission.name(), "roles": permission.roles().collect::<Vec<_>>() })
            }
            Self::Service(_) => json!("service"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: Access = Access::Permission(Permission::new("book:create"));
    const LIBRARIANS: Access = Access::Roles(&[Role::Librarian]);
    const INSIDE: Access = Access::Service(&["auth"]);

    fn identity(roles: Option<&[Role]>, scopes: &[&str], component: &str) -> Identity {
        let id = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        let caller = roles.map(|roles| Caller::for_test(id, roles.iter().copied(), scopes));
        Identity { caller, component: component.into() }
    }

    fn status(access: Access, identity: &Identity) -> u16 {
        access.check(identity).map_or_else(|problem| problem.status().as_u16(), |()| 200)
    }

    #[test]
    fn each_access_admits_exactly_its_callers() {
        let nobody = identity(None, &[], "gateway");
        let service = identity(None, &[], "auth");
        let of = |role: Role| identity(Some(&[role]), &[], "gateway");
        for (access, without, student, librarian, admin, inside) in [
            (Access::Anyone, 200, 200, 200, 200, 200),
            (Access::SignedIn, 401, 200, 200, 200, 401),
            (Access::Roles(&[Role::Admin]), 401, 403, 403, 200, 401),
            (LIBRARIANS, 401, 403, 200, 200, 401),
            (Access::Roles(&[]), 401, 403, 403, 200, 401),
            (Access::RolesAlone(&[Role::Librarian]), 401, 403, 200, 403, 401),
            (CREATE, 401, 403, 200, 200, 401),
            (Access::Permission(Permission::new("user:list")), 401, 403, 403, 200, 401),
            (INSIDE, 403, 403, 403, 403, 200),
        ] {
            for (caller, expected) in [
                (&nobody, without),
                (&of(Role::Student), student),
                (&of(Role::Librarian), librarian),
                (&of(Role::Admin), admin),
                (&service, inside),
            ] {
                assert_eq!(status(access, caller), expected, "{access:?} {caller:?}");
            }
        }
    }

    #[test]
    fn a_limited_token_opens_what_roles_and_scopes_both_allow() {
        for (role, scope, access, expected) in [
            (Role::Librarian, "book:create", CREATE, 200),
            (Role::Admin, "book:create", CREATE, 200),
            (Role::Student, "book:create", CREATE, 403),
            (Role::Admin, "user:list", CREATE, 403),
            (Role::Librarian, "book:create", LIBRARIANS, 403),
            (Role::Admin, "book:create", Access::SignedIn, 403),
            (Role::Admin, "book:create", Access::Anyone, 200),
        ] {
            let caller = identity(Some(&[role]), &[scope], "gateway");
            assert_eq!(status(access, &caller), expected, "{access:?} {caller:?}");
        }
    }

    #[test]
    fn a_refused_token_hears_what_it_lacks() {
        let caller = identity(Some(&[Role::Admin]), &["user:list"], "gateway");
        let problem = CREATE.check(&caller).unwrap_err();
        assert_eq!(problem.code(), "INSUFFICIENT_SCOPE");
        let response = axum::response::IntoResponse::into_response(problem);
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"book:create\"";
        assert_eq!(response.headers()["www-authenticate"], challenge);
    }

    #[test]
    fn the_description_names_everybody_who_is_admitted() {
        assert_eq!(LIBRARIANS.document(), json!({ "roles": ["librarian", "admin"] }));
        assert_eq!(Access::Roles(&[Role::Admin]).document(), json!({ "roles": ["admin"] }));
        let create = json!({ "permission": "book:create", "roles": ["librarian", "admin"] });
        assert_eq!(CREATE.document(), create);
    }
}
