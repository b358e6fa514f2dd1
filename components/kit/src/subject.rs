//! Whose things are asked for.

use serde::Deserialize;

use crate::{caller::Caller, problem::Problem, user_id::UserId};

/// A person in a path: `me`, who is the caller, or a user id. Take it as `Path<Subject>`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub enum Subject {
    /// The caller.
    Me,
    /// The person with this id.
    User(UserId),
}

impl TryFrom<String> for Subject {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "me" => Ok(Self::Me),
            id => id.parse().map(Self::User).map_err(|_| "must be a user id, or me"),
        }
    }
}

impl Subject {
    /// The person, whoever they are: for what others may see or change, too, by rules of its own.
    pub const fn of(self, caller: &Caller) -> UserId {
        match self {
            Self::Me => caller.user_id,
            Self::User(id) => id,
        }
    }

    /// The person, if what is theirs is the caller's to see and change: see [`Caller::owns`]. Otherwise `missing`, the
    /// 404 that says that there is no such thing, so that nobody learns who there is.
    pub fn owned_by(self, caller: &Caller, missing: impl FnOnce() -> Problem) -> Result<UserId, Problem> {
        match self {
            Self::Me => Ok(caller.user_id),
            Self::User(id) if caller.owns(id) => Ok(id),
            Self::User(_) => Err(missing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Role;

    const OWN: &str = "01890000-0000-7000-8000-000000000001";
    const OTHER: &str = "01890000-0000-7000-8000-000000000002";

    fn owned(subject: &str, role: Role) -> Result<String, u16> {
        let caller = Caller::for_test(OWN.parse().unwrap(), [role], &[]);
        let subject = Subject::try_from(subject.to_owned()).unwrap();
        let missing = || Problem::not_found("There is no such person.");
        subject
            .owned_by(&caller, missing)
            .map(|id| id.to_string())
            .map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn what_is_not_the_callers_is_404_but_for_administrators() {
        assert_eq!(owned("me", Role::Student).as_deref(), Ok(OWN));
        assert_eq!(owned(OWN, Role::Student).as_deref(), Ok(OWN));
        assert_eq!(owned(&OWN.to_uppercase(), Role::Student).as_deref(), Ok(OWN));
        for role in [Role::Student, Role::Instructor, Role::Librarian, Role::Reader] {
            assert_eq!(owned(OTHER, role), Err(404), "{role:?}");
        }
        assert_eq!(owned(OTHER, Role::Admin).as_deref(), Ok(OTHER));
        assert_eq!(owned("me", Role::Admin).as_deref(), Ok(OWN));
    }

    #[test]
    fn a_subject_is_me_or_an_id() {
        for bad in ["", "Me", "1", "../me", "me "] {
            assert!(Subject::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
