//! Who may call a route.

use serde_json::{Value, json};

use crate::{caller::Identity, problem::Problem, role::Role};

/// Who may call a route: stated where the route is declared, enforced before
/// its handler runs, and shown in OpenAPI as `x-lyceum-access`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Signed in or not.
    Anyone,
    /// Anyone who is signed in.
    SignedIn,
    /// Anyone signed in who has one of these roles.
    Roles(&'static [Role]),
    /// Calls that one of these components makes, for whomever.
    Service(&'static [&'static str]),
}

impl Access {
    /// Fails with 401 without the caller that is needed, 403 with the wrong one.
    pub(crate) fn check(self, identity: &Identity) -> Result<(), Problem> {
        if self == Self::Anyone {
            return Ok(());
        }
        if let Self::Service(components) = self {
            return if components.contains(&identity.component.as_str()) {
                Ok(())
            } else {
                Err(Problem::forbidden("Only other services may call this."))
            };
        }
        let Some(caller) = &identity.caller else {
            return Err(Problem::unauthorized("Sign in first."));
        };
        match self {
            Self::Roles(roles) if !caller.has_any(roles) => {
                Err(Problem::forbidden("Your roles do not allow this."))
            }
            _ => Ok(()),
        }
    }

    /// The value of `x-lyceum-access`.
    pub(crate) fn document(self) -> Value {
        match self {
            Self::Anyone => json!("anyone"),
            Self::SignedIn => json!("signed-in"),
            Self::Roles(roles) => json!({ "roles": roles }),
            Self::Service(_) => json!("service"),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::caller::Caller;

    fn identity(roles: Option<&[Role]>, component: &str) -> Identity {
        let caller = roles.map(|roles| Caller {
            user_id: "u".into(),
            roles: roles.to_vec(),
            scopes: vec![],
            session_id: None,
            component: component.into(),
        });
        Identity { caller, component: component.into() }
    }

    fn status(access: Access, identity: &Identity) -> Option<StatusCode> {
        access.check(identity).err().map(|problem| problem.status())
    }

    #[test]
    fn each_access_admits_exactly_its_callers() {
        let nobody = identity(None, "gateway");
        let student = identity(Some(&[Role::Student]), "gateway");
        let admin = identity(Some(&[Role::Student, Role::Admin]), "gateway");
        let service = identity(None, "auth");
        let admins = Access::Roles(&[Role::Admin]);
        let internal = Access::Service(&["auth"]);

        for anyone in [&nobody, &student, &admin, &service] {
            assert_eq!(status(Access::Anyone, anyone), None);
        }
        assert_eq!(status(Access::SignedIn, &nobody), Some(StatusCode::UNAUTHORIZED));
        assert_eq!(status(Access::SignedIn, &student), None);
        assert_eq!(status(admins, &nobody), Some(StatusCode::UNAUTHORIZED));
        assert_eq!(status(admins, &student), Some(StatusCode::FORBIDDEN));
        assert_eq!(status(admins, &admin), None);
        assert_eq!(status(internal, &admin), Some(StatusCode::FORBIDDEN));
        assert_eq!(status(internal, &service), None);
    }
}
