//! Codes that people enrol with.

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const LONGEST_LABEL: usize = 200;
const MOST_USES: i64 = 1_000_000;
/// Without letters that are taken for another (Crockford).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What instructors say of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationFields {
    /// For whom it is, for the instructors alone: one line of at most 200 characters.
    #[serde(default)]
    label: Option<String>,
    /// How many people may enrol with it, 1 to 1,000,000; any number if not said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000)]
    max_uses: Option<i64>,
    /// Until when.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// A code with which people enrol in a course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Invitation {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    /// What people type, in upper or lower case, with or without blanks and hyphens.
    pub(crate) code: String,
    pub(crate) label: Option<String>,
    /// How many people may enrol with it; any number if there is none.
    pub(crate) max_uses: Option<i64>,
    pub(crate) expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub(crate) revoked_at: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) created_by: Option<UserId>,
    pub(crate) created_at: Timestamp,
    /// How many people have enrolled with it. An enrolment that didn't come about doesn't count.
    pub(crate) uses: i64,
}

impl Invitation {
    /// A new one, with the code that these bytes make.
    pub(crate) fn new(
        course_id: Uuid,
        created_by: UserId,
        fields: InvitationFields,
        random: [u8; 12],
    ) -> Result<Self, Invalid> {
        let InvitationFields { label, max_uses, expires_at } = fields;
        let now = clock::now();
        let mut valid = Validation::new();
        valid.take("/label", text::optional(label.as_ref(), |text| text::required_line(text, LONGEST_LABEL)));
        let uses = max_uses.is_none_or(|uses| (1..=MOST_USES).contains(&uses));
        valid.check("/max_uses", uses, "OUT_OF_RANGE", "Must be from 1 to 1,000,000.");
        let later = expires_at.is_none_or(|expires_at| now < expires_at);
        valid.check("/expires_at", later, "TOO_EARLY", "Must be in the future.");
        valid.into_result()?;
        let letter = |byte: u8| LETTERS.get(usize::from(byte % 32)).copied().map_or('0', char::from);
        Ok(Self {
            id: ids::new(),
            course_id,
            code: random.into_iter().map(letter).collect(),
            label,
            max_uses,
            expires_at,
            revoked_at: None,
            created_by: Some(created_by),
            created_at: now,
            uses: 0,
        })
    }
}

/// A code as it is kept, of what somebody typed.
pub(crate) fn code_as_kept(typed: &str) -> String {
    let plain = |letter: char| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').take(100).map(plain).collect()
}
