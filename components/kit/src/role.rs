//! Roles: what a person may do.

mod roles;

use serde::{Deserialize, Serialize};

pub use self::roles::Roles;

/// A role that an administrator gives to a person.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes courses.
    Student,
    /// Gives courses.
    Instructor,
    /// Keeps the library.
    Librarian,
    /// Borrows from the library.
    Reader,
    /// May do everything.
    Admin,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 5] = [Self::Student, Self::Instructor, Self::Librarian, Self::Reader, Self::Admin];

    /// The name used in JSON, tokens and databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Instructor => "instructor",
            Self::Librarian => "librarian",
            Self::Reader => "reader",
            Self::Admin => "admin",
        }
    }

    /// The role of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_json_names() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("root"), None);
    }
}
