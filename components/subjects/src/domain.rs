//! What a subject is, and the rules for it.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// So many prerequisites a subject may have.
const MOST_PREREQUISITES: usize = 50;

text_enum! {
    /// Whether a subject is taught.
    pub(crate) enum Status {
        /// It is.
        Active = "active",
        /// It isn't for the time being.
        Inactive = "inactive",
        /// It isn't any more.
        Archived = "archived",
    }
}

impl Status {
    const fn first() -> Self {
        Self::Active
    }
}

/// What is given for a new subject. Other fields are ignored.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewSubject {
    /// The number of its semester.
    pub(crate) semester_id: i64,
    /// An older system's number of a person; it is kept and shown.
    pub(crate) user_id: Option<i64>,
    /// One line of 1 to 100 characters.
    pub(crate) name: String,
    /// 1 to 20 letters, digits, `-`, `.`, `_` and spaces; others may have the same one.
    pub(crate) code: Option<String>,
    /// From 0 to what is configured, which is 10 at first.
    pub(crate) credits: Option<i64>,
    /// At most 10,000 characters.
    pub(crate) description: Option<String>,
    /// Numbers of subjects that come before it, at most 50.
    pub(crate) prerequisites: Option<Vec<i64>>,
    /// `active` if it isn't given.
    #[serde(default = "Status::first")]
    pub(crate) status: Status,
}

/// What is changed: what isn't given stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub(crate) struct Change {
    pub(crate) semester_id: Option<i64>,
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub(crate) user_id: Given<i64>,
    pub(crate) name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) code: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub(crate) credits: Given<i64>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) description: Given<String>,
    pub(crate) prerequisites: Option<Vec<i64>>,
    pub(crate) status: Option<Status>,
}

/// What a change says of something that may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Given<T> {
    /// Nothing: it stays.
    #[default]
    Nothing,
    /// That it is this from now on, or absent.
    This(Option<T>),
}

impl<T> Given<T> {
    fn or(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => present,
            Self::This(given) => given,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Option::deserialize(input).map(Self::This)
    }
}

/// A subject as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) id: i64,
    pub(crate) semester_id: i64,
    pub(crate) user_id: Option<i64>,
    pub(crate) owner_id: Option<UserId>,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) code: Option<String>,
    pub(crate) credits: Option<i64>,
    pub(crate) description: Option<String>,
    pub(crate) prerequisites: AsJson<Vec<i64>>,
    pub(crate) status: Status,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) version: i64,
}

impl NewSubject {
    /// The subject with this number, made now by this person.
    pub(crate) fn numbered(self, id: i64, owner: UserId, max_credits: i64) -> Result<Subject, Invalid> {
        let now = clock::now();
        let subject = Subject {
            id,
            semester_id: self.semester_id,
            user_id: self.user_id,
            owner_id: Some(owner),
            name: self.name,
            name_folded: String::new(),
            code: self.code,
            credits: self.credits,
            description: self.description,
            prerequisites: AsJson(self.prerequisites.unwrap_or_default()),
            status: self.status,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        subject.ruled(max_credits)
    }
}

impl Subject {
    /// The same after a change.
    pub(crate) fn changed(&self, change: Change, max_credits: i64) -> Result<Self, Invalid> {
        let present = self.clone();
        let next = Self {
            semester_id: change.semester_id.unwrap_or(self.semester_id),
            user_id: change.user_id.or(self.user_id),
            name: change.name.unwrap_or(present.name),
            code: change.code.or(present.code),
            credits: change.credits.or(self.credits),
            description: change.description.or(present.description),
            prerequisites: change.prerequisites.map_or(present.prerequisites, AsJson),
            status: change.status.unwrap_or(self.status),
            updated_at: clock::now(),
            version: self.version + 1,
            name_folded: String::new(),
            ..*self
        };
        next.ruled(max_credits)
    }

    fn ruled(mut self, max_credits: i64) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        if self.semester_id < 1 {
            valid.take("/semester_id", Err::<(), _>(out_of_range("Input should be from 1 on")));
        }
        if let Some(name) = valid.take("/name", Name::within(&self.name, 100)) {
            self.name = String::from(name);
        }
        valid.take("/code", text::optional(self.code.as_ref(), code));
        if self.credits.is_some_and(|credits| !(0..=max_credits).contains(&credits)) {
            let message = format!("Input should be from 0 to {max_credits}");
            valid.take("/credits", Err::<(), _>(Violation::new("OUT_OF_RANGE", message)));
        }
        let paragraphs = |text: &str| text::paragraphs(text, 10_000);
        valid.take("/description", text::optional(self.description.as_ref(), paragraphs));
        valid.take("/prerequisites", prerequisites(self.id, &self.prerequisites.0));
        valid.into_result()?;
        self.name_folded = text::fold(&self.name);
        Ok(self)
    }
}

fn out_of_range(message: &'static str) -> Violation {
    Violation::new("OUT_OF_RANGE", message)
}

fn code(code: &str) -> Result<(), Violation> {
    text::required_line(code, 20)?;
    let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '.' | '_' | ' ');
    let wrong =
        || Violation::new("NOT_ALLOWED", "Must be letters, digits, hyphens, dots, underscores and spaces.");
    code.chars().all(plain).then_some(()).ok_or_else(wrong)
}

fn prerequisites(id: i64, given: &[i64]) -> Result<(), Violation> {
    if given.contains(&id) {
        return Err(circle());
    }
    if given.len() > MOST_PREREQUISITES {
        return Err(Violation::new("TOO_MANY", "At most 50 subjects may come before it."));
    }
    let different: BTreeSet<&i64> = given.iter().collect();
    let twice = || Violation::new("NOT_UNIQUE", "Each must be there once.");
    (different.len() == given.len()).then_some(()).ok_or_else(twice)
}

/// It would come before itself.
pub(crate) fn circle() -> Violation {
    Violation::new("CYCLE", "It would come before itself.")
}
