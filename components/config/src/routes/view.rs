//! What clients are shown, in the contract's order.

use lyceum_kit::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use crate::domain::Environment;
use crate::domain::configuration::{Action, Change, Configuration};
use crate::domain::flag::Flag;
use crate::sealing;
use lyceum_kit::dialect::Moment;

/// A configuration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConfigurationView {
    config_key: String,
    /// Any JSON; also of a sensitive one.
    config_value: Json,
    environment: Environment,
    service_name: Option<String>,
    description: Option<String>,
    is_sensitive: bool,
    id: i64,
    version: i64,
    is_active: bool,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
    created_by: Option<i64>,
}

impl ConfigurationView {
    /// With its value as it is read.
    pub(crate) fn of(configuration: Configuration) -> Result<Self, Problem> {
        let config_value = sealing::opened(configuration.id, &configuration.config_value)?;
        let Configuration {
            id,
            config_key,
            environment,
            service_name,
            description,
            is_sensitive,
            version,
            ..
        } = configuration;
        Ok(Self {
            config_key,
            config_value,
            environment,
            service_name,
            description,
            is_sensitive,
            id,
            version,
            is_active: configuration.is_active,
            created_at: Moment(configuration.created_at),
            updated_at: Moment(configuration.updated_at),
            created_by: configuration.created_by,
        })
    }
}

/// Something that was done with a configuration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChangeView {
    id: i64,
    config_id: i64,
    action: Action,
    /// Any JSON.
    #[schema(value_type = serde_json::Value)]
    old_value: Option<Json>,
    /// Any JSON.
    #[schema(value_type = serde_json::Value)]
    new_value: Option<Json>,
    changed_by: Option<i64>,
    change_reason: Option<String>,
    #[schema(value_type = String)]
    created_at: Moment,
}

impl ChangeView {
    pub(crate) fn of(change: Change) -> Result<Self, Problem> {
        let open =
            |value: Option<String>| value.map(|value| sealing::opened(change.config_id, &value)).transpose();
        Ok(Self {
            id: change.id,
            config_id: change.config_id,
            action: change.action,
            old_value: open(change.old_value.clone())?,
            new_value: open(change.new_value.clone())?,
            changed_by: change.changed_by,
            change_reason: change.change_reason,
            created_at: Moment(change.created_at),
        })
    }
}

/// A flag.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FlagView {
    flag_name: String,
    flag_key: String,
    description: Option<String>,
    is_enabled: bool,
    environment: Environment,
    service_name: Option<String>,
    rollout_percentage: i64,
    #[schema(value_type = Option<Object>)]
    conditions: Option<Map<String, Json>>,
    #[schema(value_type = Option<String>)]
    expires_at: Option<Moment>,
    id: i64,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
    created_by: Option<i64>,
}

impl From<Flag> for FlagView {
    fn from(flag: Flag) -> Self {
        Self {
            flag_name: flag.flag_name,
            flag_key: flag.flag_key,
            description: flag.description,
            is_enabled: flag.is_enabled,
            environment: flag.environment,
            service_name: flag.service_name,
            rollout_percentage: flag.rollout_percentage,
            conditions: flag.conditions.map(|conditions| conditions.0),
            expires_at: flag.expires_at.map(Moment),
            id: flag.id,
            created_at: Moment(flag.created_at),
            updated_at: Moment(flag.updated_at),
            created_by: flag.created_by,
        }
    }
}

/// What is told where something was deleted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    success: bool,
    message: String,
}

impl Done {
    /// It was done.
    pub(crate) fn saying(message: impl Into<String>) -> Self {
        Self { success: true, message: message.into() }
    }
}
