//! What somebody is on the older library's face.

use lyceum_kit::role::{Role, Roles};
use lyceum_kit::text_enum;

text_enum! {
    /// A role there. They stand beside each other: none has another one's rights.
    pub(crate) enum LibraryRole {
        /// Keeps the users.
        Admin = "ADMIN",
        /// Keeps the catalogue and lends.
        Librarian = "LIBRARIAN",
        /// Borrows.
        Reader = "READER",
    }
}

/// What somebody with these roles of Lyceum's is there. Whoever takes or gives courses may borrow books, but for those who
/// registered as librarians there: nobody is both. What an administrator gave there counts instead, but nobody is an
/// administrator there who is none of Lyceum's: they could take over the accounts of those who are.
pub(crate) fn of(
    roles: &Roles,
    registered_librarian: bool,
    given: Option<&[LibraryRole]>,
) -> Vec<LibraryRole> {
    let own = |role: &Role| match role {
        Role::Admin => LibraryRole::Admin,
        Role::Librarian => LibraryRole::Librarian,
        Role::Student | Role::Instructor | Role::Reader if registered_librarian => LibraryRole::Librarian,
        Role::Student | Role::Instructor | Role::Reader => LibraryRole::Reader,
    };
    let mut found: Vec<LibraryRole> = match given {
        Some(given) => given.iter().copied().filter(|role| may_be_given(*role, roles)).collect(),
        None => roles.as_slice().iter().map(own).collect(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether somebody with these roles of Lyceum's can be made this there.
pub(crate) fn may_be_given(role: LibraryRole, roles: &Roles) -> bool {
    role != LibraryRole::Admin || roles.contains(Role::Admin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(roles: &[Role], registered_librarian: bool, given: Option<&[LibraryRole]>) -> String {
        let found = of(&Roles::new(roles.iter().copied()), registered_librarian, given);
        found.into_iter().map(LibraryRole::name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn everybody_has_the_roles_that_the_library_knows() {
        for (roles, expected) in [
            (&[Role::Student] as &[Role], "READER"),
            (&[Role::Student, Role::Instructor, Role::Reader], "READER"),
            (&[Role::Librarian], "LIBRARIAN"),
            (&[Role::Admin], "ADMIN"),
            (&[Role::Admin, Role::Librarian, Role::Student], "ADMIN LIBRARIAN READER"),
        ] {
            assert_eq!(named(roles, false, None), expected);
        }
        for (role, expected) in [(Role::Reader, "LIBRARIAN"), (Role::Admin, "ADMIN")] {
            assert_eq!(named(&[role], true, None), expected);
        }
    }

    #[test]
    fn what_was_given_there_counts_instead_and_makes_nobody_an_administrator() {
        use LibraryRole::{Admin, Librarian, Reader};
        assert_eq!(named(&[Role::Reader], true, Some(&[Librarian, Reader, Reader])), "LIBRARIAN READER");
        assert_eq!(named(&[Role::Librarian], false, Some(&[])), "");
        assert_eq!(named(&[Role::Librarian], false, Some(&[Admin, Reader])), "READER");
        assert_eq!(named(&[Role::Admin], false, Some(&[Reader, Admin])), "ADMIN READER");
    }
}
