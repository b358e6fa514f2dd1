//! Configurations, and what is kept of what they were.

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{Environment, Given, NAME_LENGTH, length, service};

/// What is given for a new one. Other fields are ignored.
#[derive(Clone, Debug, Deserialize, PartialEq, ToSchema)]
pub(crate) struct NewConfiguration {
    /// 1 to 100 letters, digits, dots, underscores and hyphens.
    pub(crate) config_key: String,
    /// Any JSON.
    pub(crate) config_value: Json,
    /// `all` if it isn't given.
    #[serde(default = "everywhere")]
    pub(crate) environment: Environment,
    /// At most 50 characters; null for all services.
    pub(crate) service_name: Option<String>,
    pub(crate) description: Option<String>,
    /// Whether the value is sealed where it is stored, and left out of lists.
    #[serde(default)]
    pub(crate) is_sensitive: bool,
    /// An older system's number of a person.
    pub(crate) created_by: Option<i64>,
}

pub(crate) const fn everywhere() -> Environment {
    Environment::All
}

impl NewConfiguration {
    /// Says what is wrong with it.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let mut valid = Validation::new();
        valid.take("/config_key", key(&self.config_key));
        valid.take("/service_name", service(self.service_name.as_deref()));
        valid.into_result()
    }
}

/// A key of a configuration.
pub(crate) fn key(key: &str) -> Result<(), Violation> {
    length(key, 1, NAME_LENGTH)?;
    if key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)) {
        return Ok(());
    }
    let message = "Configuration key must contain only letters, digits, dots, underscores and hyphens";
    Err(Violation::new("NOT_ALLOWED", message))
}

/// What is changed: what isn't given stays.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, ToSchema)]
pub(crate) struct ConfigurationChange {
    /// Any JSON, also null.
    #[serde(default, deserialize_with = "given")]
    pub(crate) config_value: Option<Json>,
    /// Null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) description: Given<String>,
    pub(crate) is_sensitive: Option<bool>,
    /// `false` deletes it, and `true` brings it back.
    pub(crate) is_active: Option<bool>,
    /// Is kept with the change.
    pub(crate) change_reason: Option<String>,
}

/// What is given, null as well.
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

/// A configuration as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Configuration {
    pub(crate) id: i64,
    pub(crate) config_key: String,
    /// JSON, sealed if it is sensitive: see `sealing`.
    pub(crate) config_value: String,
    pub(crate) environment: Environment,
    pub(crate) service_name: Option<String>,
    pub(crate) scope: String,
    pub(crate) description: Option<String>,
    pub(crate) is_sensitive: bool,
    pub(crate) version: i64,
    pub(crate) is_active: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) created_by: Option<i64>,
    pub(crate) actor_id: Option<UserId>,
}

/// What no two active configurations of one key and environment have in common.
pub(crate) fn scope(service_name: Option<&str>) -> String {
    service_name.map_or_else(String::new, |service| format!("={service}"))
}

text_enum! {
    /// What was done.
    pub(crate) enum Action {
        /// It is new.
        Created = "created",
        /// It has another version.
        Updated = "updated",
        /// It isn't active any more.
        Deleted = "deleted",
    }
}

/// Something that was done with a configuration.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_field_names, reason = "columns have the contract's names")]
pub(crate) struct Change {
    pub(crate) id: i64,
    pub(crate) config_id: i64,
    pub(crate) action: Action,
    pub(crate) old_value: Option<String>,
    pub(crate) new_value: Option<String>,
    pub(crate) version: i64,
    pub(crate) changed_by: Option<i64>,
    pub(crate) change_reason: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) actor_id: Option<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_100_letters_digits_dots_underscores_and_hyphens() {
        for good in ["a", "A.b_c-9", "123", &"k".repeat(100)] {
            assert_eq!(key(good), Ok(()), "{good}");
        }
        for bad in ["", "a b", "ä", "a/b", &"k".repeat(101)] {
            assert!(key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_service_and_any_service_are_told_apart() {
        assert_eq!(
            (scope(None), scope(Some("")), scope(Some("a"))),
            (String::new(), "=".into(), "=a".into())
        );
    }

    #[test]
    fn null_is_something_that_is_given() {
        let read = |text: &str| serde_json::from_str::<ConfigurationChange>(text).unwrap();
        assert_eq!(read("{}"), ConfigurationChange::default());
        let change = read("{\"config_value\":null,\"description\":null,\"unknown\":1}");
        assert_eq!((change.config_value, change.description), (Some(Json::Null), Given::This(None)));
    }
}
