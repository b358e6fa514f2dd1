//! How things may be called.

/// A component's id: kebab-case words that begin with a letter, such as `course-catalogue`; at most
/// 40 characters, so that it fits into host names and database schemas.
pub(crate) fn is_component_id(id: &str) -> bool {
    id.len() <= 40
        && id.split('-').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// A variable's name: snake_case, such as `first_admin_email`.
pub(crate) fn is_variable_name(name: &str) -> bool {
    name.split('_').all(|word| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}

/// A table of a service: snake_case of at most 63 characters, as PostgreSQL takes it, and none of Lyceum's own.
pub(crate) fn is_table_name(name: &str) -> bool {
    name.len() <= 63 && is_variable_name(name) && !name.starts_with("lyceum_")
}

/// A kind of event: `lyceum.users.ProfileCreated.v1`.
pub(crate) fn is_event_kind(kind: &str) -> bool {
    let lower = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let name = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let version = |word: &str| {
        word.strip_prefix('v').is_some_and(|number| {
            number.starts_with(|c: char| ('1'..='9').contains(&c))
                && number.chars().all(|c| c.is_ascii_digit())
        })
    };
    let words: Vec<_> = kind.split('.').collect();
    match words.as_slice() {
        [scope @ .., last, number] if scope.len() >= 2 => {
            scope.iter().all(|word| lower(word)) && name(last) && version(number)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn component_ids_are_kebab_case() {
        for right in ["auth", "course-catalogue", "a1-b2"] {
            assert!(is_component_id(right), "{right:?}");
        }
        for wrong in ["", "Auth", "auth_two", "-auth", "auth-", "a--b", "1st", "../x", &"a".repeat(41)] {
            assert!(!is_component_id(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn variable_names_are_snake_case() {
        assert!(is_variable_name("first_admin_email"));
        for wrong in ["", "First", "first-admin", "_a", "a_", "a__b"] {
            assert!(!is_variable_name(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn names_of_tables_are_snake_case_and_not_the_platforms() {
        assert!(is_table_name("books_seen") && is_table_name("profiles2"));
        for wrong in ["", "Books", "books-seen", "lyceum_once", "books_seen; DROP", &"a".repeat(64)] {
            assert!(!is_table_name(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn event_kinds_carry_their_version() {
        assert!(is_event_kind("lyceum.users.ProfileCreated.v1"));
        for wrong in [
            "",
            "UserCreated",
            "lyceum.UserCreated.v1",
            "lyceum.users.UserCreated",
            "lyceum.users.created.v1",
            "lyceum.users.UserCreated.v0",
            "lyceum.users.User Created.v1",
            "lyceum..UserCreated.v1",
        ] {
            assert!(!is_event_kind(wrong), "{wrong:?}");
        }
    }
}
