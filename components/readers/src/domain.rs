//! Readers, and the rules for what is said of them: the library's, as its older system states them.

pub(crate) mod fields;
mod rules;

use std::collections::BTreeSet;

use lyceum_kit::pictures::Picture;
use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use self::fields::FoldedAddress;
pub(crate) use self::rules::Rules;

/// The most genres that a reader likes.
const INTERESTS: usize = 50;
/// The most characters that the reason of a block has.
const REASON_LIMIT: usize = 500;

text_enum! {
    /// Whether a reader may borrow at all.
    pub(crate) enum ReaderStatus {
        /// They may.
        Active = "active",
        /// They may not, for a reason that is said.
        Blocked = "blocked",
    }
}

/// What a librarian says of a reader.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReaderFields {
    /// Their account, which no other reader has. It can't be changed.
    #[schema(value_type = String, format = Uuid)]
    pub(crate) user_id: UserId,
    /// 1 to 150 letters, digits, spaces, apostrophes and hyphens; no word holds a name that the operator forbids.
    pub(crate) full_name: String,
    pub(crate) email: String,
    /// `YYYY-MM-DD`; readers have a minimum age, 12 years unless the operator says another.
    pub(crate) birth_date: String,
    /// Nine characters, of which the first is `9` or `2`.
    pub(crate) phone_number: Option<String>,
    /// By which rules of circulation tell readers apart: one line of 1 to 50 characters.
    #[serde(default = "standard")]
    pub(crate) category: String,
    /// The names of at most 50 genres, in upper or lower case; they are kept as the genres are spelled.
    #[serde(default)]
    pub(crate) interests: Vec<String>,
    /// That their data is kept. Without it there is no record.
    pub(crate) gdpr_consent: bool,
    #[serde(default)]
    pub(crate) marketing_consent: bool,
    #[serde(default)]
    pub(crate) third_party_consent: bool,
    #[serde(default = "active")]
    pub(crate) status: ReaderStatus,
    /// Why they are blocked: 1 to 500 characters. Who is active has none.
    pub(crate) blocked_reason: Option<String>,
}

pub(crate) fn standard() -> String {
    "standard".to_owned()
}

const fn active() -> ReaderStatus {
    ReaderStatus::Active
}

/// What a reader decides themselves.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnFields {
    /// Nine characters, of which the first is `9` or `2`.
    pub(crate) phone_number: Option<String>,
    /// The names of at most 50 genres, in upper or lower case; they are kept as the genres are spelled.
    #[serde(default)]
    pub(crate) interests: Vec<String>,
    #[serde(default)]
    pub(crate) marketing_consent: bool,
    #[serde(default)]
    pub(crate) third_party_consent: bool,
}

/// A reader, as stored.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Reader {
    pub(crate) id: Uuid,
    /// `YYYY/SEQ`.
    pub(crate) number: String,
    pub(crate) user_id: UserId,
    pub(crate) full_name: String,
    pub(crate) full_name_folded: String,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    pub(crate) birth_date: String,
    pub(crate) phone_number: Option<String>,
    pub(crate) category: String,
    pub(crate) interests: AsJson<Vec<String>>,
    pub(crate) gdpr_consent: bool,
    pub(crate) marketing_consent: bool,
    pub(crate) third_party_consent: bool,
    pub(crate) status: ReaderStatus,
    pub(crate) blocked_reason: Option<String>,
    /// Not there in what sagas kept before there were photos.
    #[serde(default)]
    pub(crate) photo: Option<AsJson<Picture>>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Reader {
    /// A new one, who has no number yet.
    pub(crate) fn new(fields: ReaderFields, rules: &Rules) -> Result<Self, Invalid> {
        let now = clock::now();
        let nobody = Self {
            id: ids::new(),
            number: String::new(),
            user_id: fields.user_id,
            full_name: String::new(),
            full_name_folded: String::new(),
            email: String::new(),
            email_folded: String::new(),
            birth_date: String::new(),
            phone_number: None,
            category: String::new(),
            interests: AsJson(Vec::new()),
            gdpr_consent: false,
            marketing_consent: false,
            third_party_consent: false,
            status: ReaderStatus::Active,
            blocked_reason: None,
            photo: None,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        nobody.with(fields, rules)
    }

    /// The next version, with these fields. Rules that may have become stricter since are held against what changes
    /// only: the operator's, and those for genres.
    pub(crate) fn with(&self, given: ReaderFields, rules: &Rules) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let fixed = given.user_id == self.user_id;
        valid.check("/user_id", fixed, "FIXED", "A record stays that of the account it was made for.");
        let full_name = valid.take("/full_name", fields::name(&given.full_name)).unwrap_or_default();
        if full_name != self.full_name {
            valid.take("/full_name", fields::allowed(&full_name, &rules.forbidden_names));
        }
        valid.take("/email", fields::address(&given.email));
        if given.birth_date != self.birth_date {
            valid.take("/birth_date", fields::birth_date(&given.birth_date, rules.minimum_age));
        }
        let phone_number = given.phone_number.filter(|text| !text.is_empty());
        valid.take("/phone_number", text::optional(phone_number.as_ref(), fields::phone_number));
        let category = valid.take("/category", fields::category(&given.category)).unwrap_or_default();
        let interests = self.spelled(&mut valid, given.interests, rules);
        let (gdpr, message) = (given.gdpr_consent, "Without this consent there is no record.");
        valid.check("/gdpr_consent", gdpr, "CONSENT_REQUIRED", message);
        let blocked = given.status == ReaderStatus::Blocked;
        let blocked_reason = given.blocked_reason.filter(|_| blocked);
        if blocked {
            let reason = blocked_reason.as_deref().unwrap_or_default();
            valid.take("/blocked_reason", text::required_line(reason, REASON_LIMIT));
        }
        valid.into_result()?;
        Ok(Self {
            number: self.number.clone(),
            full_name_folded: text::fold(&full_name),
            full_name,
            email_folded: FoldedAddress::of(&given.email).into(),
            email: given.email,
            birth_date: given.birth_date,
            phone_number,
            category,
            interests: AsJson(interests),
            gdpr_consent: given.gdpr_consent,
            marketing_consent: given.marketing_consent,
            third_party_consent: given.third_party_consent,
            status: given.status,
            blocked_reason,
            photo: self.photo.clone(),
            version: self.version + 1,
            updated_at: clock::now(),
            ..*self
        })
    }

    /// The next version, with this address, which auth has taken.
    pub(crate) fn with_address(&self, email: &str) -> Self {
        Self {
            email: email.to_owned(),
            email_folded: FoldedAddress::of(email).into(),
            version: self.version + 1,
            updated_at: clock::now(),
            ..self.clone()
        }
    }

    /// The same, but for the address, which is another record's.
    pub(crate) fn at_address_of(self, other: &Self) -> Self {
        Self { email: other.email.clone(), email_folded: other.email_folded.clone(), ..self }
    }

    /// The next version, with this photo or none.
    pub(crate) fn with_photo(&self, photo: Option<AsJson<Picture>>) -> Self {
        Self { photo, version: self.version + 1, updated_at: clock::now(), ..self.clone() }
    }

    /// The interests as the genres themselves are spelled, by which others find them.
    fn spelled(&self, valid: &mut Validation, interests: Vec<String>, rules: &Rules) -> Vec<String> {
        valid.check("/interests", interests.len() <= INTERESTS, "TOO_MANY", "At most 50 of them.");
        let (mut seen, mut spelled) = (BTreeSet::new(), Vec::new());
        for (at, name) in interests.into_iter().enumerate().take(INTERESTS) {
            let (pointer, folded) = (format!("/interests/{at}"), text::fold(&name));
            let genre = rules.genres.get(&folded);
            let known = self.interests.0.contains(&name) || genre.is_some();
            valid.check(&pointer, known, "UNKNOWN", "There is no such genre in use.");
            valid.check(&pointer, seen.insert(folded), "REPEATED", "It is there already.");
            spelled.push(genre.cloned().flatten().unwrap_or(name));
        }
        spelled
    }

    /// What a librarian's change begins with.
    pub(crate) fn fields(&self) -> ReaderFields {
        let reader = self.clone();
        ReaderFields {
            user_id: reader.user_id,
            full_name: reader.full_name,
            email: reader.email,
            birth_date: reader.birth_date,
            phone_number: reader.phone_number,
            category: reader.category,
            interests: reader.interests.0,
            gdpr_consent: reader.gdpr_consent,
            marketing_consent: reader.marketing_consent,
            third_party_consent: reader.third_party_consent,
            status: reader.status,
            blocked_reason: reader.blocked_reason,
        }
    }

    /// What their own change begins with.
    pub(crate) fn own_fields(&self) -> OwnFields {
        let ReaderFields { phone_number, interests, marketing_consent, third_party_consent, .. } =
            self.fields();
        OwnFields { phone_number, interests, marketing_consent, third_party_consent }
    }
}
