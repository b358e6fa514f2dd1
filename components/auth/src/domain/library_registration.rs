//! What a person gives to get an account by the older library's rules.

use lyceum_kit::text::{self, Name};

use super::password::Password;

/// Fewest characters of a password there.
const SHORTEST_PASSWORD: usize = 8;

/// Why it may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// A word contains a name that is forbidden.
    #[error("Name contains a forbidden word.")]
    ForbiddenName,
    /// Something else than letters, digits, spaces, `'` and `-`.
    #[error("Name may contain letters, digits, spaces, apostrophes and hyphens alone.")]
    Characters,
    /// More than 100 characters, or none that shows.
    #[error("Name must have 1 to 100 characters.")]
    Length,
    /// Not of the kind that [`password`] says.
    #[error(
        "Password must have 8 to 128 characters, with a lower-case and an upper-case letter and a digit or sign."
    )]
    WeakPassword,
}

/// A person's name, of which no word holds one of these folded texts.
pub(crate) fn name(text: &str, forbidden: &[String]) -> Result<Name, Refused> {
    let allowed =
        |letter: char| letter.is_alphanumeric() || letter.is_whitespace() || matches!(letter, '\'' | '-');
    if !text.chars().all(allowed) {
        return Err(Refused::Characters);
    }
    let folded = text::fold(text);
    let is_forbidden = |word: &str| forbidden.iter().any(|forbidden| word.contains(forbidden.as_str()));
    if folded.split(' ').any(is_forbidden) {
        return Err(Refused::ForbiddenName);
    }
    Name::new(text).map_err(|_| Refused::Length)
}

/// A password: 8 characters at least, of them a lower-case and an upper-case letter, and one that is no letter.
pub(crate) fn password(text: &str) -> Result<Password, Refused> {
    let has = |kind: fn(char) -> bool| text.chars().any(kind);
    let strong = text.chars().count() >= SHORTEST_PASSWORD
        && has(char::is_lowercase)
        && has(char::is_uppercase)
        && has(|letter| !letter.is_alphabetic() && !letter.is_whitespace());
    if !strong {
        return Err(Refused::WeakPassword);
    }
    Password::prepare(text).map_err(|_| Refused::WeakPassword)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_letters_of_any_script_digits_and_few_signs() {
        for text in ["Ana Maria d'Ávila-Reis 2", "Zoë", "王小明"] {
            assert_eq!(name(text, &[]).map(|name| name.as_str().to_owned()), Ok(text.to_owned()));
        }
        for text in ["Ana_Maria", "Ana!", "a@b", "<b>"] {
            assert_eq!(name(text, &[]), Err(Refused::Characters), "{text}");
        }
        assert_eq!(name(&"a".repeat(101), &[]), Err(Refused::Length));
    }

    #[test]
    fn a_forbidden_name_is_found_inside_of_a_word_and_in_any_case() {
        let forbidden = ["batman", "sol", "arco-iris", "demonio"].map(str::to_owned);
        for text in ["Batman", "Ana BATMAN", "Marisol Reis", "o Arco-Íris", "DEMÓNIOS"] {
            assert_eq!(name(text, &forbidden), Err(Refused::ForbiddenName), "{text}");
        }
        // Two words together are none.
        assert!(name("Bat Man", &forbidden).is_ok());
    }

    #[test]
    fn a_password_has_both_cases_and_a_digit_or_sign() {
        for text in ["Password1", "pAssword!", "Äöüäöüä9"] {
            assert!(password(text).is_ok(), "{text}");
        }
        let long = format!("aA1{}", "x".repeat(126));
        for text in ["Passw1", "password1", "PASSWORD1", "Password", "Pass word", long.as_str()] {
            assert_eq!(password(text).err(), Some(Refused::WeakPassword), "{text}");
        }
    }
}
