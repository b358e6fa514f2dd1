//! Rules of a flag, in a field of their own: what older clients keep in `conditions` is never evaluated.

use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::flag;
use super::{NAME_LENGTH, length};
use lyceum_kit::dialect::Moment;

/// So many rules of a flag, conditions of a rule and values of a condition at most.
const MOST_RULES: usize = 50;
const MOST_CONDITIONS: usize = 20;
const MOST_VALUES: usize = 1_000;

/// One rule: the first one whose conditions are all fulfilled decides; if there is none, the flag's percentage does.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// What it is for, 1 to 100 characters.
    pub(crate) name: String,
    /// What must all be so. Nothing is always so.
    #[serde(default)]
    pub(crate) when: Vec<Condition>,
    /// Whether the flag is then on.
    #[serde(default = "on")]
    pub(crate) serve: bool,
}

const fn on() -> bool {
    true
}

/// What must be so.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Condition {
    /// The person is among so many of a hundred, 0 to 100, by the same hash as for the flag's own percentage.
    Percentage(u8),
    /// The person is one of these.
    Users(Vec<String>),
    /// The person has one of these roles.
    Roles(Vec<String>),
    /// Whoever asks said one of these values by this name.
    Attribute(Attribute),
    /// It is not before `from`, and before `until`.
    Time(Period),
    /// Another flag is on, or off, for the same person.
    Flag(Prerequisite),
}

/// Something that is said of whoever asks.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    /// One of these: texts, numbers or truth values.
    pub(crate) is: Vec<Json>,
}

/// A time with at least one end.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Period {
    #[schema(value_type = Option<String>)]
    pub(crate) from: Option<Moment>,
    #[schema(value_type = Option<String>)]
    pub(crate) until: Option<Moment>,
}

/// Another flag.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prerequisite {
    pub(crate) key: String,
    /// Whether it must be on.
    #[serde(default = "on")]
    pub(crate) is: bool,
}

/// All rules of a flag, in their order.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
}

impl Rules {
    /// Says what is wrong with them.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let mut valid = Validation::new();
        valid.check("/rules", self.rules.len() <= MOST_RULES, "TOO_MANY", "At most 50 rules.");
        for (at, rule) in self.rules.iter().enumerate() {
            valid.take(&format!("/rules/{at}/name"), length(&rule.name, 1, NAME_LENGTH));
            let when = format!("/rules/{at}/when");
            valid.check(&when, rule.when.len() <= MOST_CONDITIONS, "TOO_MANY", "At most 20 conditions.");
            for (index, condition) in rule.when.iter().enumerate() {
                valid.take(&format!("{when}/{index}"), condition.check());
            }
        }
        valid.into_result()
    }

    /// The flags that must be on or off.
    pub(crate) fn prerequisites(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().flat_map(|rule| &rule.when).filter_map(|condition| match condition {
            Condition::Flag(flag) => Some(flag.key.as_str()),
            _ => None,
        })
    }
}

impl Condition {
    fn check(&self) -> Result<(), Violation> {
        let few = |values: usize| {
            let wrong = || Violation::new("NOT_ALLOWED", "From 1 to 1,000 values.");
            (1..=MOST_VALUES).contains(&values).then_some(()).ok_or_else(wrong)
        };
        match self {
            Self::Percentage(percentage) => flag::percentage((*percentage).into()),
            Self::Users(values) | Self::Roles(values) => few(values.len()),
            Self::Attribute(attribute) => {
                length(&attribute.name, 1, NAME_LENGTH)?;
                if attribute.is.iter().any(|value| value.is_array() || value.is_object()) {
                    return Err(Violation::new("NOT_ALLOWED", "Texts, numbers and truth values alone."));
                }
                few(attribute.is.len())
            }
            Self::Time(Period { from: None, until: None }) => {
                Err(Violation::new("REQUIRED", "Must have `from` or `until`."))
            }
            Self::Time(_) => Ok(()),
            Self::Flag(flag) => flag::key(&flag.key),
        }
    }
}
