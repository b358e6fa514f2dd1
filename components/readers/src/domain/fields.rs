//! The rules for single fields.

use email_address::EmailAddress;
use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use serde::Deserialize;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, schema::Schema};

/// The most characters that a name has.
const NAME_LIMIT: usize = 150;
/// The most characters that a category has.
const CATEGORY_LIMIT: usize = 50;
/// Nobody who is alive was born in a year before.
const FIRST_YEAR: i16 = 1900;
/// How many characters a telephone number has.
const PHONE_LENGTH: usize = 9;

/// An address as it is compared: in lower case.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(from = "String")]
pub(crate) struct FoldedAddress(String);

impl FoldedAddress {
    pub(crate) fn of(address: &str) -> Self {
        Self(address.to_lowercase())
    }
}

impl From<String> for FoldedAddress {
    fn from(address: String) -> Self {
        Self::of(&address)
    }
}

impl From<FoldedAddress> for String {
    fn from(address: FoldedAddress) -> Self {
        address.0
    }
}

impl IntoValue for FoldedAddress {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

impl PartialSchema for FoldedAddress {
    fn schema() -> RefOr<Schema> {
        String::schema()
    }
}

pub(super) fn name(given: &str) -> Result<String, Violation> {
    let name = String::from(Name::within(given, NAME_LIMIT)?);
    let fits = |sign: char| sign.is_alphanumeric() || matches!(sign, ' ' | '\'' | '-');
    if name.chars().all(fits) {
        return Ok(name);
    }
    Err(Violation::new("NOT_A_NAME", "Only letters, digits, spaces, apostrophes and hyphens."))
}

/// No word of the name may hold one of these folded texts.
pub(super) fn allowed(name: &str, forbidden: &[String]) -> Result<(), Violation> {
    let folded = text::fold(name);
    let is_forbidden = |word: &str| forbidden.iter().any(|forbidden| word.contains(forbidden.as_str()));
    if folded.split(' ').any(is_forbidden) {
        return Err(Violation::new("FORBIDDEN_NAME", "A word of it holds a name that nobody may have here."));
    }
    Ok(())
}

/// A mail address of at most 254 characters.
pub(crate) fn address(given: &str) -> Result<(), Violation> {
    if EmailAddress::is_valid(given) && text::required_line(given, 254).is_ok() {
        return Ok(());
    }
    Err(Violation::new("NOT_AN_ADDRESS", "Must be an e-mail address of at most 254 characters."))
}

/// The day of birth of somebody who is old enough.
pub(crate) fn birth_date(given: &str, minimum_age: u16) -> Result<(), Violation> {
    let date = Day::parse(given);
    let date = date.ok_or_else(|| Violation::new("NOT_A_DATE", "Must be a date such as 2000-01-31."))?;
    if date.year() < FIRST_YEAR {
        return Err(Violation::new(
            "OUT_OF_RANGE",
            format!("Nobody who reads was born before {FIRST_YEAR}."),
        ));
    }
    if date <= Day::today().minus_years(minimum_age) {
        return Ok(());
    }
    Err(Violation::new("TOO_YOUNG", format!("Readers are at least {minimum_age} years old.")))
}

pub(super) fn phone_number(given: &str) -> Result<(), Violation> {
    text::line(given, PHONE_LENGTH)?;
    if given.chars().count() == PHONE_LENGTH && given.starts_with(['9', '2']) {
        return Ok(());
    }
    Err(Violation::new("NOT_A_PHONE_NUMBER", "Must have nine characters, of which the first is 9 or 2."))
}

pub(super) fn category(given: &str) -> Result<String, Violation> {
    Name::within(given, CATEGORY_LIMIT).map(String::from)
}

/// The present year in UTC, in which numbers are counted.
pub(crate) fn this_year() -> i16 {
    Day::today().year()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(result: Result<T, Violation>) -> Option<&'static str> {
        result.err().map(|violation| violation.code)
    }

    #[test]
    fn a_name_is_letters_digits_apostrophes_and_hyphens_and_holds_no_forbidden_one() {
        assert_eq!(name("  Zoë  O'Neill-Só 2").as_deref(), Ok("Zoë O'Neill-Só 2"));
        assert_eq!(code(name("Ada <b>")), Some("NOT_A_NAME"));
        assert_eq!(code(name(&"a".repeat(151))), Some("TOO_LONG"));
        let forbidden = ["sol".to_owned(), "demonio".to_owned()];
        assert_eq!(code(allowed("Marisol Dias", &forbidden)), Some("FORBIDDEN_NAME"));
        assert_eq!(code(allowed("Um DEMÓNIO", &forbidden)), Some("FORBIDDEN_NAME"));
        assert_eq!(code(allowed("Marcos Oliveira", &forbidden)), None, "in two words");
    }

    #[test]
    fn a_reader_is_old_enough_on_their_birthday() {
        let twelve = Day::today().minus_years(12);
        assert_eq!(code(birth_date(&twelve.to_string(), 12)), None);
        assert_eq!(code(birth_date(&twelve.next().to_string(), 12)), Some("TOO_YOUNG"));
        assert_eq!(code(birth_date("1899-12-31", 12)), Some("OUT_OF_RANGE"));
        for bad in ["", "2000-1-1", "20000101", "2000-02-30", "2000-01-01T00:00"] {
            assert_eq!(code(birth_date(bad, 12)), Some("NOT_A_DATE"), "{bad}");
        }
    }

    #[test]
    fn a_telephone_number_has_nine_characters_and_begins_with_9_or_2() {
        assert_eq!((code(phone_number("912345678")), code(phone_number("2 2345678"))), (None, None));
        for bad in ["", "312345678", "91234567"] {
            assert_eq!(code(phone_number(bad)), Some("NOT_A_PHONE_NUMBER"), "{bad}");
        }
        assert_eq!(code(phone_number("9123456789")), Some("TOO_LONG"));
    }
}
