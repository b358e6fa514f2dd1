//! Which passwords a person may choose: NIST SP 800-63B, section 3.1.1.2 (revision 4).
//!
//! Length and a blocklist, and no rules of composition.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::common_passwords;

/// Fewest code points of a password.
const SHORTEST: usize = 12;
/// Most code points of a password.
const MAX_LENGTH: usize = 128;
/// Shorter words of a name occur in too many innocent passwords.
const SHORTEST_PERSONAL_WORD: usize = 4;

/// A password in the form that is hashed and compared. It never shows in a log.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Weakness {
    /// Fewer than [`SHORTEST`] code points.
    #[error("Must have at least 12 characters.")]
    TooShort,
    /// More than [`MAX_LENGTH`] code points.
    #[error("Must have at most 128 characters.")]
    TooLong,
    /// On the list of common passwords, or such a one with a few signs around it.
    #[error("Is one of the passwords that are guessed first; take another.")]
    Common,
    /// One piece over and over, or a run such as `abcdefghijkl`.
    #[error("Repeats itself or runs through the alphabet; take another.")]
    Repetitive,
    /// Contains the person's name or address, or the name of this service.
    #[error("Must not contain your name, your address or the name of this service.")]
    Personal,
}

impl Weakness {
    /// A stable code for programs.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::TooShort => "PASSWORD_TOO_SHORT",
            Self::TooLong => "PASSWORD_TOO_LONG",
            Self::Common => "PASSWORD_COMMON",
            Self::Repetitive => "PASSWORD_REPETITIVE",
            Self::Personal => "PASSWORD_PERSONAL",
        }
    }
}

/// The password is longer than any that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Password {
    /// A password as it is given wherever one is asked for: prepared, then counted, and not judged
    /// further. What can be chosen passes here, so who registered can sign in.
    ///
    /// Preparation is the `OpaqueString` profile of RFC 8265, section 4.2: other spaces become
    /// ASCII spaces, then Unicode normalisation form C. The same person typing the same password
    /// on another keyboard gives the same code points. SP 800-63B names the forms KC and KD
    /// instead, which would also make different signs alike (`²` and `2`), and hashes that were
    /// made by form C worthless.
    pub(crate) fn prepare(text: &str) -> Result<Self, TooLong> {
        let space = |letter: char| if letter.is_whitespace() && letter != '\t' { ' ' } else { letter };
        let prepared: String = text.chars().map(space).nfc().collect();
        if prepared.chars().count() > MAX_LENGTH { Err(TooLong) } else { Ok(Self(prepared)) }
    }

    /// A password that somebody wants to have from now on. `personal` are names and addresses of
    /// the person.
    pub(crate) fn choose(text: &str, personal: &[&str]) -> Result<Self, Weakness> {
        let password = Self::prepare(text).map_err(|TooLong| Weakness::TooLong)?;
        if password.0.chars().count() < SHORTEST {
            return Err(Weakness::TooShort);
        }
        let folded = password.0.to_lowercase();
        if common_passwords::contains(&folded) {
            Err(Weakness::Common)
        } else if repeats(&folded) || runs(&folded) {
            Err(Weakness::Repetitive)
        } else if contains_personal(&folded, personal) {
            Err(Weakness::Personal)
        } else {
            Ok(password)
        }
    }

    /// The text to hash.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(..)")
    }
}

/// One piece, at least twice, and nothing else.
fn repeats(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (1..=letters.len() / 2).any(|period| {
        letters.len().is_multiple_of(period)
            && letters.iter().zip(letters.iter().skip(period)).all(|(one, next)| one == next)
    })
}

/// Each letter is the next one of the alphabet, or each the previous one.
fn runs(text: &str) -> bool {
    let steps: Vec<i64> = text
        .chars()
        .zip(text.chars().skip(1))
        .map(|(one, next)| i64::from(u32::from(next)) - i64::from(u32::from(one)))
        .collect();
    [1, -1].iter().any(|direction| steps.iter().all(|step| step == direction))
}

fn contains_personal(folded: &str, personal: &[&str]) -> bool {
    let squashed: String = folded.chars().filter(|letter| letter.is_alphanumeric()).collect();
    personal.iter().chain(&["lyceum"]).any(|text| {
        let text = text.to_lowercase();
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        let whole: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
        words
            .chain([whole.as_str()])
            .any(|word| word.chars().count() >= SHORTEST_PERSONAL_WORD && squashed.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weakness(text: &str) -> Option<Weakness> {
        Password::choose(text, &["Ada Lovelace", "ada.king@example.org"]).err()
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        assert_eq!(weakness("gr\u{fc}n-blau-1"), Some(Weakness::TooShort));
        assert_eq!(weakness("gr\u{fc}n-blau-12"), None);
        // Twelve when composed, thirteen as typed.
        assert_eq!(weakness("gru\u{308}n-blau-1"), Some(Weakness::TooShort));
        let mixed: String = ('\u{4e00}'..).step_by(3).take(128).collect();
        assert_eq!(weakness(&mixed), None);
        assert_eq!(weakness(&format!("{mixed}x")), Some(Weakness::TooLong));
    }

    #[test]
    fn who_can_choose_a_password_can_sign_in_with_it() {
        // Up to three code points each in form C, or two as typed and one in form C.
        let expanding: String =
            ('\u{fb1d}'..='\u{fb4e}').filter(|sign| sign.is_alphabetic()).take(43).collect();
        let decomposed: String =
            ('\u{c0}'..='\u{17f}').take(120).flat_map(|sign| [sign, ' ']).nfd().collect();
        let texts = (1..=decomposed.chars().count()).map(|length| decomposed.chars().take(length).collect());
        for text in texts.chain([expanding.clone(), expanding.repeat(3)]) {
            let text: String = text;
            if let Ok(chosen) = Password::choose(&text, &[]) {
                assert_eq!(Password::prepare(&text), Ok(chosen), "{text}");
            }
        }
        let typed: String =
            "\u{e1}\u{e9}\u{ed}\u{f3}\u{fa}\u{e4}\u{eb}".repeat(18).nfd().chain(['x']).collect();
        assert_eq!((typed.chars().count(), weakness(&typed)), (253, None));
        assert_eq!(Password::prepare(&format!("{typed}yz")), Err(TooLong));
    }

    #[test]
    fn needs_no_digits_or_signs() {
        assert_eq!(weakness("horse battery staple"), None);
        assert_eq!(weakness("hedgerow kittiwake"), None);
    }

    #[test]
    fn common_ones_are_refused_in_any_dress() {
        for text in ["1qaz2wsx3edc", "PASSWORD1234", "!!sunshine!!", "Qwertyuiop12"] {
            assert_eq!(weakness(text), Some(Weakness::Common), "{text}");
        }
    }

    #[test]
    fn repetitions_and_runs_are_refused() {
        for text in ["zzzzzzzzzzzz", "frog7frog7frog7", "abcdefghijklm", "zyxwvutsrqpon"] {
            assert_eq!(weakness(text), Some(Weakness::Repetitive), "{text}");
        }
    }

    #[test]
    fn a_password_with_ones_own_name_or_address_is_refused() {
        for text in ["LOVELACE-93-hill", "ada lo velace 93", "Ada.King@Example.Org", "my-Lyceum-door"] {
            assert_eq!(weakness(text), Some(Weakness::Personal), "{text}");
        }
        assert_eq!(weakness("canada-hill-93"), None, "three letters are no name");
    }

    #[test]
    fn spaces_and_composition_do_not_matter_at_sign_in() {
        assert_eq!(
            Password::prepare("cafe\u{301}\u{a0}au lait"),
            Password::prepare("caf\u{e9} au\u{3000}lait"),
        );
    }

    #[test]
    fn a_password_does_not_show() {
        assert!(!format!("{:?}", Password::prepare("secret")).contains("secret"));
    }
}
