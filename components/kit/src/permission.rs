//! Permissions, and which roles have them.

use std::fmt;

use crate::role::Role;

/// What may be done to what, such as `book:create`: a thing and an action. Also what the scope of a token names, so a
/// name is never given another meaning.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Permission(&'static str);

impl Permission {
    /// The permission of that name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// The roles that have it.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| role.may(self))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// What each role may do beyond what everybody may with what is their own. The only place where this is said.
/// Administrators are not here: they may do everything.
const GRANTS: [(Role, &[Permission]); 2] = [
    (
        Role::Librarian,
        &[
            Permission("author:create"),
            Permission("author:delete"),
            Permission("author:update"),
            Permission("book:create"),
            Permission("book:delete"),
            Permission("book:export"),
            Permission("book:import"),
            Permission("book:update"),
            Permission("circulation-rule:update"),
            Permission("closed-day:update"),
            Permission("fine:settle"),
            Permission("genre:create"),
            Permission("genre:delete"),
            Permission("genre:export"),
            Permission("genre:update"),
            Permission("hold:update"),
            Permission("item:create"),
            Permission("item:delete"),
            Permission("item:update"),
            Permission("lending:create"),
            Permission("lending:list"),
            Permission("lending:return"),
            Permission("reader:create"),
            Permission("reader:delete"),
            Permission("reader:list"),
            Permission("reader:update"),
            // Librarians write down what students do in the library, and never see or give a grade.
            Permission("student:read"),
            Permission("student:write"),
        ],
    ),
    (
        Role::Instructor,
        &[
            Permission("course:create"),
            Permission("course:update"),
            // Those who teach assess: beside the entries of all staff they see and give grades.
            Permission("student:grade"),
            Permission("student:read"),
            Permission("student:write"),
            // They make subjects, and change their own.
            Permission("subject:write"),
        ],
    ),
];

impl Role {
    /// Whether who has this role has that permission.
    pub fn may(self, permission: Permission) -> bool {
        let granted = || GRANTS.iter().filter(|(role, _)| *role == self).flat_map(|(_, granted)| *granted);
        self == Self::Admin || granted().any(|granted| *granted == permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_what_the_table_says_and_an_admin_everything() {
        let create = Permission::new("book:create");
        assert_eq!(create.roles().collect::<Vec<_>>(), [Role::Librarian, Role::Admin]);
        assert_eq!(Permission::new("user:list").roles().collect::<Vec<_>>(), [Role::Admin]);
    }

    #[test]
    fn every_permission_names_a_thing_and_an_action() {
        for (role, granted) in GRANTS {
            assert!(granted.is_sorted(), "{role:?}");
            for permission in granted {
                let (thing, action) = permission.name().split_once(':').unwrap();
                // A scope is a word (RFC 6749, section 3.3), and these are plain ones.
                let plain = |word: &str| {
                    !word.is_empty() && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase())
                };
                assert!(plain(thing) && plain(action), "{permission}");
            }
        }
    }
}
