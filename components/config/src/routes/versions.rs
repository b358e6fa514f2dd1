//! What a configuration was, and the way back to it.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::actor;
use super::configurations::{found, update};
use super::view::ConfigurationView;
use crate::domain::configuration::{Action, Change, ConfigurationChange};
use crate::parameters::Parameters;
use crate::sealing;
use crate::store::configurations as store;
use lyceum_kit::dialect::Moment;

/// A version of a configuration.
#[derive(Debug, Serialize, ToSchema)]
struct VersionView {
    version: i64,
    /// Any JSON.
    config_value: Value,
    changed_by: Option<i64>,
    /// Who was signed in.
    #[schema(value_type = Option<Uuid>)]
    actor_id: Option<UserId>,
    change_reason: Option<String>,
    #[schema(value_type = String)]
    created_at: Moment,
}

impl VersionView {
    fn of(change: &Change) -> Result<Self, Problem> {
        let value = change.new_value.as_deref().map(|value| sealing::opened(change.config_id, value));
        Ok(Self {
            version: change.version,
            config_value: value.transpose()?.unwrap_or_default(),
            changed_by: change.changed_by,
            actor_id: change.actor_id,
            change_reason: change.change_reason.clone(),
            created_at: Moment(change.created_at),
        })
    }
}

/// Lists the versions of a configuration, the newest first, with who made them.
#[utoipa::path(get, path = "/api/v1/configurations/{id}/versions",
    params(("id" = i64, Path), ("limit" = Option<u32>, Query, description = "1 to 200; 50 if not given")),
    responses((status = 200, body = [VersionView]), (status = 404, description = "There is none")))]
pub(super) async fn list(Path(id): Path<i64>, query: Parameters) -> Result<Response, Problem> {
    let limit = u32::try_from(query.within("limit", 1, 200, 50)?).unwrap_or(50);
    let changes = store::history(found(id)?.id, limit)?;
    let versions = changes.iter().filter(|change| change.action != Action::Deleted);
    let views: Vec<VersionView> = versions.map(VersionView::of).collect::<Result<_, _>>()?;
    Ok(Json(views).into_response())
}

/// Which version is gone back to.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Rollback {
    version: i64,
    /// Is kept with the change; what happened, if it isn't given.
    change_reason: Option<String>,
    /// An older system's number of a person.
    changed_by: Option<i64>,
}

/// Gives a configuration the value of one of its versions again, as a new version.
#[utoipa::path(post, path = "/api/v1/configurations/{id}/rollback", params(("id" = i64, Path)), request_body = Rollback,
    responses((status = 200, body = ConfigurationView), (status = 404, description = "There is none, or no such version")))]
pub(super) async fn roll_back(
    context: Context,
    caller: MaybeCaller,
    Path(id): Path<i64>,
    ValidJson(wanted): ValidJson<Rollback>,
) -> Result<Response, Problem> {
    again(|| {
        let configuration = found(id)?;
        let missing = || Problem::not_found(format!("Configuration {id} has no version {}", wanted.version));
        let version = store::version(id, wanted.version)?.ok_or_else(missing)?;
        let value = version.new_value.as_deref().map(|value| sealing::opened(id, value));
        let reason = wanted.change_reason.clone();
        let change = ConfigurationChange {
            config_value: Some(value.transpose()?.unwrap_or_default()),
            change_reason: reason.or_else(|| Some(format!("Back to version {}", wanted.version))),
            ..ConfigurationChange::default()
        };
        update(&context, actor(&caller), &configuration, change, wanted.changed_by)
    })
}
