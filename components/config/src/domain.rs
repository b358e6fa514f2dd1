//! What configurations and flags are, and when a flag is on.

pub(crate) mod bucket;
pub(crate) mod configuration;
pub(crate) mod discovery;
pub(crate) mod evaluation;
pub(crate) mod flag;
pub(crate) mod rules;

use lyceum_kit::text_enum;
use lyceum_kit::violation::Violation;
use serde::{Deserialize, Deserializer};

text_enum! {
    /// Where something counts.
    pub(crate) enum Environment {
        /// Where it is made.
        Development = "development",
        /// Where it is tried.
        Staging = "staging",
        /// Where it is used.
        Production = "production",
        /// Everywhere.
        All = "all",
    }
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
    /// What it is then.
    pub(crate) fn or(self, present: Option<T>) -> Option<T> {
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

/// So many characters of a key or of a flag's name at most.
pub(crate) const NAME_LENGTH: usize = 100;
const SERVICE_LENGTH: usize = 50;

/// A text that is there, within a number of characters.
pub(crate) fn length(text: &str, least: usize, most: usize) -> Result<(), Violation> {
    match text.chars().count() {
        count if count < least => {
            Err(Violation::new("TOO_SHORT", format!("String should have at least {least} character")))
        }
        count if count > most => {
            Err(Violation::new("TOO_LONG", format!("String should have at most {most} characters")))
        }
        _ => Ok(()),
    }
}

/// The name of a service, if there is one.
pub(crate) fn service(name: Option<&str>) -> Result<(), Violation> {
    name.map_or(Ok(()), |name| length(name, 0, SERVICE_LENGTH))
}
