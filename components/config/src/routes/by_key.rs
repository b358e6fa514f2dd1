//! Configurations by their keys: active ones, for exactly one environment, and for one service or for all of them.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::actor;
use super::configurations::{add, update};
use super::view::ConfigurationView;
use crate::domain::configuration::{self, Configuration, ConfigurationChange, NewConfiguration};
use crate::domain::{Environment, Given, service};
use crate::parameters::Parameters;
use crate::sealing;
use crate::store::configurations as store;

fn found(key: &str, query: &Parameters) -> Result<Option<Configuration>, Problem> {
    let environment = query.environment()?.unwrap_or(Environment::All);
    Ok(store::active(key, environment, query.text("service_name"))?)
}

/// Shows the active configuration with this key, or `null`.
#[utoipa::path(get, path = "/api/v1/configurations/key/{key}", params(
    ("key" = String, Path), ("environment" = Option<Environment>, Query, description = "`all` if not given"),
    ("service_name" = Option<String>, Query, description = "That for all services if not given"),
), responses((status = 200, body = Option<ConfigurationView>)))]
pub(super) async fn show(Path(key): Path<String>, query: Parameters) -> Result<Response, Problem> {
    let view = found(&key, &query)?.map(ConfigurationView::of).transpose()?;
    Ok(Json(view).into_response())
}

/// A value by its key.
#[derive(Debug, Serialize, ToSchema)]
struct ValueView {
    key: String,
    /// Any JSON; where there is none, the default as a text.
    #[schema(value_type = serde_json::Value)]
    value: Option<Value>,
}

/// Shows the value of the active configuration with this key.
#[utoipa::path(get, path = "/api/v1/configurations/value/{key}", params(
    ("key" = String, Path), ("environment" = Option<Environment>, Query, description = "`all` if not given"),
    ("service_name" = Option<String>, Query, description = "That for all services if not given"),
    ("default_value" = Option<String>, Query, description = "The value where there is none"),
), responses((status = 200, body = ValueView)))]
pub(super) async fn value(Path(key): Path<String>, query: Parameters) -> Result<Response, Problem> {
    let value = match found(&key, &query)? {
        Some(found) => Some(sealing::opened(found.id, &found.config_value)?),
        None => query.text("default_value").map(Value::from),
    };
    Ok(Json(ValueView { key, value }).into_response())
}

/// Sets the value, a text, of the configuration with this key, which is made if there is none. What isn't given is as for a
/// new one.
#[utoipa::path(put, path = "/api/v1/configurations/key/{key}", params(
    ("key" = String, Path), ("config_value" = String, Query),
    ("environment" = Option<Environment>, Query, description = "`all` if not given"),
    ("service_name" = Option<String>, Query), ("description" = Option<String>, Query),
    ("is_sensitive" = Option<bool>, Query), ("changed_by" = Option<i64>, Query),
), responses((status = 200, body = ConfigurationView)))]
pub(super) async fn put(
    context: Context,
    caller: MaybeCaller,
    Path(key): Path<String>,
    query: Parameters,
) -> Result<Response, Problem> {
    let config_value = Value::from(query.required("config_value")?);
    let environment = query.environment()?.unwrap_or(Environment::All);
    let service_name = query.ruled("service_name", service)?.map(str::to_owned);
    let description = query.text("description").map(str::to_owned);
    let is_sensitive = query.truth("is_sensitive")?.unwrap_or(false);
    let changed_by = query.integer("changed_by")?;
    configuration::key(&key).map_err(|violation| Problem::malformed(violation.at("/path/key")))?;
    again(|| {
        if let Some(found) = store::active(&key, environment, service_name.as_deref())? {
            let change = ConfigurationChange {
                config_value: Some(config_value.clone()),
                description: Given::This(description.clone()),
                is_sensitive: Some(is_sensitive),
                ..ConfigurationChange::default()
            };
            return update(&context, actor(&caller), &found, change, changed_by);
        }
        let new = NewConfiguration {
            config_key: key.clone(),
            config_value: config_value.clone(),
            environment,
            service_name: service_name.clone(),
            description: description.clone(),
            is_sensitive,
            created_by: changed_by,
        };
        add(&context, actor(&caller), &new, StatusCode::OK, Problem::changed_meanwhile)
    })
}
