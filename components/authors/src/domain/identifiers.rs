//! Identifiers of people that libraries share.
//!
//! Each is kept in one form, whether it is given bare, with the spaces and hyphens that it is printed with, or as the
//! address that it is linked by.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By which other catalogues know the same person.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identifiers {
    /// Virtual International Authority File, such as `102333412`.
    pub(crate) viaf: Option<String>,
    /// International Standard Name Identifier (ISO 27729), such as `0000000121032683`.
    pub(crate) isni: Option<String>,
    /// ORCID iD, such as `0000-0002-1825-0097`.
    pub(crate) orcid: Option<String>,
}

/// Declares an identifier that can only be made by its rule: [`Viaf::new`] and the like.
macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident by $rule:path) => {
        $(#[$documentation])*
        #[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub(crate) struct $name(String);

        impl $name {
            /// In the form that is kept.
            pub(crate) fn new(text: &str) -> Result<Self, Violation> {
                $rule(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::new(&text).map_err(|violation| violation.message.into_owned())
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> Self {
                identifier.0
            }
        }

        impl IntoValue for $name {
            fn into_value(self) -> Value {
                self.0.into_value()
            }
        }

        impl FromValue for $name {
            fn from_value(value: Value) -> Option<Self> {
                String::from_value(value).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                <String as utoipa::PartialSchema>::schema()
            }
        }
    };
}

identifier! {
    /// Of the Virtual International Authority File: 1 to 22 digits, not beginning with 0.
    Viaf by viaf
}
identifier! {
    /// An International Standard Name Identifier (ISO 27729), without spaces.
    Isni by isni
}
identifier! {
    /// An ORCID iD, with its hyphens.
    Orcid by orcid
}

fn viaf(text: &str) -> Result<String, Violation> {
    let digits = bare(text, "viaf.org", "viaf/").trim_end_matches('/').to_owned();
    let fits = (1..=22).contains(&digits.len()) && !digits.starts_with('0');
    if fits && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(digits);
    }
    Err(Violation::new("NOT_A_VIAF", "Must be a VIAF number, such as 102333412."))
}

fn isni(text: &str) -> Result<String, Violation> {
    let bare = bare(text, "isni.org", "isni/");
    let bare = bare.strip_prefix("ISNI").unwrap_or(bare);
    let compact: String = bare.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
    let compact = compact.to_ascii_uppercase();
    if is_name_identifier(&compact) {
        return Ok(compact);
    }
    let message = "Must be an ISNI: 16 characters of which the last one checks the others.";
    Err(Violation::new("NOT_AN_ISNI", message))
}

fn orcid(text: &str) -> Result<String, Violation> {
    let compact: String = bare(text, "orcid.org", "").chars().filter(|sign| *sign != '-').collect();
    let compact = compact.to_ascii_uppercase();
    if is_name_identifier(&compact) && is_reserved_for_orcid(&compact) {
        let groups: Vec<&str> = (0..16).step_by(4).filter_map(|at| compact.get(at..at + 4)).collect();
        return Ok(groups.join("-"));
    }
    let message = "Must be an ORCID iD, such as 0000-0002-1825-0097.";
    Err(Violation::new("NOT_AN_ORCID", message))
}

/// The identifier in its address on the web, or as it was given.
fn bare<'text>(text: &'text str, host: &str, path: &str) -> &'text str {
    let text = text.trim();
    let without_scheme = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let without_host = without_scheme
        .map(|rest| rest.strip_prefix("www.").unwrap_or(rest))
        .and_then(|rest| rest.strip_prefix(host)?.strip_prefix('/'));
    without_host.map_or(text, |rest| rest.strip_prefix(path).unwrap_or(rest)).trim()
}

/// Whether these are 15 digits and the character that checks them by ISO/IEC 7064, MOD 11-2: ISNI and ORCID iD.
fn is_name_identifier(compact: &str) -> bool {
    let Some((digits, check)) = compact.split_at_checked(15) else { return false };
    digits.bytes().all(|byte| byte.is_ascii_digit()) && check == check_character(digits)
}

/// ISO/IEC 7064, MOD 11-2: the sum of all digits, each weighted by a power of 2, is 1 modulo 11. `X` stands for 10.
fn check_character(digits: &str) -> String {
    let total = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .fold(0, |total, digit| (total + digit) * 2 % 11);
    match (12 - total) % 11 {
        10 => "X".to_owned(),
        value => value.to_string(),
    }
}

/// The blocks that ISNI has reserved for ORCID: 0000-0001-5000-0007 to 0000-0003-5000-0001, and
/// 0009-0000-0000-0000 to 0009-0010-0000-0000.
fn is_reserved_for_orcid(compact: &str) -> bool {
    let digits = compact.get(..15).unwrap_or_default();
    ("000000015000000"..="000000035000000").contains(&digits)
        || ("000900000000000"..="000900100000000").contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_is_that_of_published_identifiers() {
        for (digits, check) in [
            ("000000012146438", "X"),
            ("000000012103268", "3"),
            ("000000021825009", "7"),
            ("000000021694233", "X"),
            ("000000015109370", "0"),
            ("000000000000000", "1"),
        ] {
            assert_eq!(check_character(digits), check, "{digits}");
        }
    }

    #[test]
    fn an_isni_has_one_form_however_it_is_written() {
        for text in [
            "0000000121032683",
            "0000 0001 2103 2683",
            " ISNI 0000 0001 2103 2683 ",
            "0000-0001-2103-2683",
            "https://isni.org/isni/0000000121032683",
            "http://www.isni.org/0000000121032683",
        ] {
            assert_eq!(isni(text).as_deref(), Ok("0000000121032683"), "{text}");
        }
        assert_eq!(isni("000000012146438x").as_deref(), Ok("000000012146438X"));
    }

    #[test]
    fn an_isni_with_one_digit_wrong_or_two_exchanged_is_none() {
        let good = "0000000121032683";
        for at in 0..16 {
            let mut digits: Vec<char> = good.chars().collect();
            digits[at] = if digits[at] == '9' { '0' } else { '9' };
            let wrong: String = digits.iter().collect();
            assert!(isni(&wrong).is_err(), "{wrong}");
            let mut digits: Vec<char> = good.chars().collect();
            if at < 15 && digits[at] != digits[at + 1] {
                digits.swap(at, at + 1);
                let wrong: String = digits.iter().collect();
                assert!(isni(&wrong).is_err(), "{wrong}");
            }
        }
        for wrong in ["", "X", "00000001210326", "00000001210326830", "0000000X21032683", "٠000000121032683"]
        {
            assert_eq!(isni(wrong).unwrap_err().code, "NOT_AN_ISNI", "{wrong}");
        }
    }

    #[test]
    fn an_orcid_is_an_isni_of_its_own_block_and_keeps_its_hyphens() {
        for text in ["0000-0002-1825-0097", "0000000218250097", "https://orcid.org/0000-0002-1825-0097"] {
            assert_eq!(orcid(text).as_deref(), Ok("0000-0002-1825-0097"), "{text}");
        }
        assert_eq!(orcid("0000-0002-1694-233x").as_deref(), Ok("0000-0002-1694-233X"));
        for wrong in ["", "0000-0002-1825-0098", "0000 0001 2103 2683", "https://isni.org/0000000218250097"] {
            assert_eq!(orcid(wrong).unwrap_err().code, "NOT_AN_ORCID", "{wrong}");
        }
    }

    #[test]
    fn a_viaf_is_a_number_without_leading_zeros() {
        for text in ["102333412", "http://viaf.org/viaf/102333412", "https://viaf.org/viaf/102333412/"] {
            assert_eq!(viaf(text).as_deref(), Ok("102333412"), "{text}");
        }
        for wrong in ["", "0", "012", "12a", "-1", "12345678901234567890123", "https://example.org/viaf/1"] {
            assert_eq!(viaf(wrong).unwrap_err().code, "NOT_A_VIAF", "{wrong}");
        }
    }
}
