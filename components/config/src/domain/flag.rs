//! Feature flags.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::AsJson;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::configuration::everywhere;
use super::rules::Rules;
use super::{Environment, Given, NAME_LENGTH, length, service};
use lyceum_kit::dialect::Moment;

/// What is given for a new one. Other fields are ignored.
#[derive(Clone, Debug, Deserialize, PartialEq, ToSchema)]
pub(crate) struct NewFlag {
    /// 1 to 100 characters.
    pub(crate) flag_name: String,
    /// 1 to 100 lower-case letters, digits and underscores, of which one is a letter; there once, and for good.
    pub(crate) flag_key: String,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) is_enabled: bool,
    /// `all` if it isn't given.
    #[serde(default = "everywhere")]
    pub(crate) environment: Environment,
    /// At most 50 characters; null for all services.
    pub(crate) service_name: Option<String>,
    /// 0 to 100; 0 if it isn't given, which is nobody.
    #[serde(default)]
    pub(crate) rollout_percentage: i64,
    /// Is kept, and never evaluated.
    #[schema(value_type = Option<Object>)]
    pub(crate) conditions: Option<Map<String, Json>>,
    #[schema(value_type = Option<String>)]
    pub(crate) expires_at: Option<Moment>,
    /// An older system's number of a person.
    pub(crate) created_by: Option<i64>,
}

/// What is changed: what isn't given stays.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, ToSchema)]
pub(crate) struct FlagChange {
    pub(crate) flag_name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) description: Given<String>,
    pub(crate) is_enabled: Option<bool>,
    pub(crate) rollout_percentage: Option<i64>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) conditions: Given<Map<String, Json>>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) expires_at: Given<Moment>,
}

/// A flag as it is stored.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_field_names, reason = "columns have the contract's names")]
pub(crate) struct Flag {
    pub(crate) id: i64,
    pub(crate) flag_name: String,
    pub(crate) flag_key: String,
    pub(crate) description: Option<String>,
    pub(crate) is_enabled: bool,
    pub(crate) environment: Environment,
    pub(crate) service_name: Option<String>,
    pub(crate) rollout_percentage: i64,
    pub(crate) conditions: Option<AsJson<Map<String, Json>>>,
    pub(crate) rules: AsJson<Rules>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) ends_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) created_by: Option<i64>,
    pub(crate) version: i64,
}

/// When a flag ends that never does.
const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

/// A key of a flag.
pub(crate) fn key(key: &str) -> Result<(), Violation> {
    length(key, 1, NAME_LENGTH)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if key.bytes().all(plain) && key.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Ok(());
    }
    let message =
        "Flag key must contain only lower-case letters, digits and underscores, and at least one letter";
    Err(Violation::new("NOT_ALLOWED", message))
}

/// So many of a hundred.
pub(crate) fn percentage(percentage: i64) -> Result<(), Violation> {
    let wrong = || Violation::new("OUT_OF_RANGE", "Input should be from 0 to 100");
    (0..=100).contains(&percentage).then_some(()).ok_or_else(wrong)
}

impl NewFlag {
    /// The flag with this number, made now.
    pub(crate) fn numbered(&self, id: i64) -> Result<Flag, Invalid> {
        let mut valid = Validation::new();
        valid.take("/flag_name", length(&self.flag_name, 1, NAME_LENGTH));
        valid.take("/flag_key", key(&self.flag_key));
        valid.take("/service_name", service(self.service_name.as_deref()));
        valid.take("/rollout_percentage", percentage(self.rollout_percentage));
        valid.into_result()?;
        let new = self.clone();
        let (now, expires_at) = (clock::now(), new.expires_at.map(|moment| moment.0));
        Ok(Flag {
            id,
            flag_name: new.flag_name,
            flag_key: new.flag_key,
            description: new.description,
            is_enabled: new.is_enabled,
            environment: new.environment,
            service_name: new.service_name,
            rollout_percentage: new.rollout_percentage,
            conditions: new.conditions.map(AsJson),
            rules: AsJson(Rules::default()),
            expires_at,
            ends_at: expires_at.unwrap_or(NEVER),
            created_at: now,
            updated_at: now,
            created_by: new.created_by,
            version: 1,
        })
    }
}

impl Flag {
    /// The same after a change.
    pub(crate) fn changed(&self, change: FlagChange) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        if let Some(name) = &change.flag_name {
            valid.take("/flag_name", length(name, 1, NAME_LENGTH));
        }
        if let Some(given) = change.rollout_percentage {
            valid.take("/rollout_percentage", percentage(given));
        }
        valid.into_result()?;
        let mut next = self.next();
        next.flag_name = change.flag_name.unwrap_or(next.flag_name);
        next.description = change.description.or(next.description);
        next.is_enabled = change.is_enabled.unwrap_or(next.is_enabled);
        next.rollout_percentage = change.rollout_percentage.unwrap_or(next.rollout_percentage);
        if let Given::This(conditions) = change.conditions {
            next.conditions = conditions.map(AsJson);
        }
        if let Given::This(expires_at) = change.expires_at {
            next.expires_at = expires_at.map(|moment| moment.0);
            next.ends_at = next.expires_at.unwrap_or(NEVER);
        }
        Ok(next)
    }

    /// The same under other rules.
    pub(crate) fn ruled(&self, rules: Rules) -> Result<Self, Invalid> {
        rules.check()?;
        Ok(Self { rules: AsJson(rules), ..self.next() })
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, updated_at: clock::now(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_lower_case_letters_digits_and_underscores_and_a_letter() {
        for good in ["a", "new_editor", "v2", "2fa", &"k".repeat(100)] {
            assert_eq!(key(good), Ok(()), "{good}");
        }
        for bad in ["", "123", "_", "A", "new-editor", "a b", "ä", &"k".repeat(101)] {
            assert!(key(bad).is_err(), "{bad}");
        }
    }
}
