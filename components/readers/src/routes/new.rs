//! What a librarian says of somebody who is to be a reader.

use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{ReaderFields, ReaderStatus};
use crate::joining::NewAccount;

/// A new reader: somebody who has an account (`user_id`), or gets one (`account`).
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReader {
    /// Their account, which no other reader has. It can't be changed.
    #[schema(value_type = Option<String>, format = Uuid)]
    user_id: Option<UserId>,
    /// The account that they get; its address is that of the record.
    account: Option<NewAccount>,
    /// 1 to 150 letters, digits, spaces, apostrophes and hyphens; no word holds a name that the operator forbids.
    full_name: String,
    email: String,
    /// `YYYY-MM-DD`; readers have a minimum age, 12 years unless the operator says another.
    birth_date: String,
    /// Nine characters, of which the first is `9` or `2`.
    phone_number: Option<String>,
    /// By which rules of circulation tell readers apart: one line of 1 to 50 characters; `standard` if it isn't given.
    category: Option<String>,
    /// The names of at most 50 genres, in upper or lower case; they are kept as the genres are spelled.
    #[serde(default)]
    interests: Vec<String>,
    /// That their data is kept. Without it there is no record.
    gdpr_consent: bool,
    #[serde(default)]
    marketing_consent: bool,
    #[serde(default)]
    third_party_consent: bool,
    /// `active` if it isn't given.
    status: Option<ReaderStatus>,
    /// Why they are blocked: 1 to 500 characters. Who is active has none.
    blocked_reason: Option<String>,
}

impl NewReader {
    /// The fields of the record, and the account if it is to be made; its id is made here then.
    pub(super) fn split(self) -> Result<(ReaderFields, Option<NewAccount>), Invalid> {
        let mut valid = Validation::new();
        let (named, made) = (self.user_id.is_some(), self.account.is_some());
        valid.check("/user_id", named || made, "REQUIRED", "Either this or an account is given.");
        let message = "Either this or an account is given, and not both.";
        valid.check("/user_id", !(named && made), "NAMED_TWICE", message);
        valid.into_result()?;
        let fields = ReaderFields {
            user_id: self.user_id.unwrap_or_else(|| ids::new().into()),
            full_name: self.full_name,
            email: self.email,
            birth_date: self.birth_date,
            phone_number: self.phone_number,
            category: self.category.unwrap_or_else(crate::domain::standard),
            interests: self.interests,
            gdpr_consent: self.gdpr_consent,
            marketing_consent: self.marketing_consent,
            third_party_consent: self.third_party_consent,
            status: self.status.unwrap_or(ReaderStatus::Active),
            blocked_reason: self.blocked_reason,
        };
        Ok((fields, self.account))
    }
}
