//! What the clients of the library's successor send of a new reader: the fields of the form, as JSON.

use lyceum_kit::dialect::{FormText, FormTexts};
use serde::Deserialize;
use utoipa::ToSchema;

use super::form::Fields;

/// A new reader; other members are ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReaderSent {
    /// A mail address, by which the reader signs in.
    #[schema(value_type = String)]
    username: Option<String>,
    /// 8 to 128 characters, with a lower-case and an upper-case letter and a digit or sign.
    #[schema(value_type = String, format = Password)]
    password: Option<String>,
    /// 1 to 150 letters, digits, spaces, apostrophes and hyphens; no word holds a name that the operator forbids.
    #[schema(value_type = String)]
    full_name: Option<String>,
    /// `YYYY-MM-DD`.
    #[schema(value_type = String)]
    birth_date: Option<String>,
    /// Nine characters, of which the first is `9` or `2`.
    #[schema(value_type = String)]
    phone_number: Option<String>,
    /// Must be true.
    #[schema(value_type = bool)]
    gdpr: Option<Truth>,
    /// False if it isn't given.
    #[schema(value_type = Option<bool>)]
    marketing: Option<Truth>,
    /// False if it isn't given.
    #[schema(value_type = Option<bool>)]
    third_party: Option<Truth>,
    /// The names of genres.
    interest_list: Option<Vec<String>>,
}

/// A truth value, or a text of one, which the framework took as well.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Truth {
    Known(bool),
    Text(String),
}

impl From<Truth> for FormText {
    fn from(truth: Truth) -> Self {
        Self(Some(match truth {
            Truth::Known(truth) => truth.to_string(),
            Truth::Text(text) => text,
        }))
    }
}

impl From<ReaderSent> for Fields {
    fn from(sent: ReaderSent) -> Self {
        let truth = |sent: Option<Truth>| sent.map(FormText::from).unwrap_or_default();
        Self {
            username: FormText(sent.username),
            password: FormText(sent.password),
            full_name: FormText(sent.full_name),
            birth_date: FormText(sent.birth_date),
            phone_number: FormText(sent.phone_number),
            gdpr: truth(sent.gdpr),
            marketing: truth(sent.marketing),
            third_party: truth(sent.third_party),
            interest_list: FormTexts(sent.interest_list),
        }
    }
}
