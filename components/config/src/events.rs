//! What is told to others.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::domain::Environment;
use crate::domain::configuration::{Action, Configuration};
use crate::domain::flag::Flag;
use crate::domain::rules::Rules;

/// A configuration was made, changed or deleted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the time is called as in all events")]
pub(crate) struct Updated {
    config_id: i64,
    config_key: String,
    environment: Environment,
    service_name: Option<String>,
    action: Action,
    version: i64,
    is_active: bool,
    is_sensitive: bool,
    /// Null also if it is sensitive.
    config_value: Json,
    updated_at: Timestamp,
}

impl Updated {
    /// What is told of it after this was done; of a sensitive one, nobody is told the value.
    pub(crate) fn of(configuration: &Configuration, action: Action, value: &Json) -> Self {
        let Configuration {
            id,
            config_key,
            environment,
            service_name,
            version,
            is_active,
            is_sensitive,
            updated_at,
            ..
        } = configuration.clone();
        let config_value = if is_sensitive { Json::Null } else { value.clone() };
        Self {
            config_id: id,
            config_key,
            environment,
            service_name,
            action,
            version,
            is_active,
            is_sensitive,
            config_value,
            updated_at,
        }
    }
}

impl Event for Updated {
    const KIND: &'static str = "lyceum.config.Updated.v1";
    const AGGREGATE_TYPE: &'static str = "configuration";
    fn aggregate_id(&self) -> String {
        self.config_id.to_string()
    }
}

/// A flag was made or changed: all that is needed to evaluate it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct FlagChanged {
    flag_id: i64,
    flag_key: String,
    is_enabled: bool,
    environment: Environment,
    service_name: Option<String>,
    rollout_percentage: i64,
    rules: Rules,
    expires_at: Option<Timestamp>,
    version: i64,
    updated_at: Timestamp,
}

impl FlagChanged {
    pub(crate) fn of(flag: &Flag) -> Self {
        Self {
            flag_id: flag.id,
            flag_key: flag.flag_key.clone(),
            is_enabled: flag.is_enabled,
            environment: flag.environment,
            service_name: flag.service_name.clone(),
            rollout_percentage: flag.rollout_percentage,
            rules: flag.rules.0.clone(),
            expires_at: flag.expires_at,
            version: flag.version,
            updated_at: flag.updated_at,
        }
    }
}

impl Event for FlagChanged {
    const KIND: &'static str = "lyceum.config.FlagChanged.v1";
    const AGGREGATE_TYPE: &'static str = "feature_flag";
    fn aggregate_id(&self) -> String {
        self.flag_id.to_string()
    }
}

/// A flag was switched on or off.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct FlagToggled {
    flag_id: i64,
    flag_key: String,
    is_enabled: bool,
    toggled_at: Timestamp,
}

impl FlagToggled {
    pub(crate) fn of(flag: &Flag) -> Self {
        let (flag_key, is_enabled) = (flag.flag_key.clone(), flag.is_enabled);
        Self { flag_id: flag.id, flag_key, is_enabled, toggled_at: flag.updated_at }
    }
}

impl Event for FlagToggled {
    const KIND: &'static str = "lyceum.config.FlagToggled.v1";
    const AGGREGATE_TYPE: &'static str = "feature_flag";
    fn aggregate_id(&self) -> String {
        self.flag_id.to_string()
    }
}

/// A flag is gone.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct FlagDeleted {
    flag_id: i64,
    flag_key: String,
    deleted_at: Timestamp,
}

impl FlagDeleted {
    pub(crate) fn of(flag: &Flag) -> Self {
        Self { flag_id: flag.id, flag_key: flag.flag_key.clone(), deleted_at: clock::now() }
    }
}

impl Event for FlagDeleted {
    const KIND: &'static str = "lyceum.config.FlagDeleted.v1";
    const AGGREGATE_TYPE: &'static str = "feature_flag";
    fn aggregate_id(&self) -> String {
        self.flag_id.to_string()
    }
}
