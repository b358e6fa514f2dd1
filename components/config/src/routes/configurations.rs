//! Configurations by their numbers.

use lyceum_kit::again::again;
use lyceum_kit::dialect::Skip;
use lyceum_kit::list::{ListRequest, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{RespondingTransaction, Table as _};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::view::{ChangeView, ConfigurationView, Done};
use super::{actor, not_found};
use crate::domain::Environment;
use crate::domain::configuration::{
    Action, Change, Configuration, ConfigurationChange, NewConfiguration, scope,
};
use crate::events::Updated;
use crate::parameters::Parameters;
use crate::sealing;
use crate::store::configurations::{self as store, ACTIVE, Configurations, ENVIRONMENTS, SENSITIVE, SERVICE};

pub(super) const WHAT: &str = "Configuration";

pub(super) fn taken() -> Problem {
    let detail = "A configuration with this key, environment and service already exists";
    Problem::bad_request("CONFIGURATION_TAKEN", detail)
}

/// Adds a configuration.
#[utoipa::path(post, path = "/api/v1/configurations/", request_body = NewConfiguration, responses(
    (status = 201, body = ConfigurationView),
    (status = 400, description = "An active one has this key, environment and service"),
))]
pub(super) async fn create(
    context: Context,
    caller: MaybeCaller,
    ValidJson(new): ValidJson<NewConfiguration>,
) -> Result<Response, Problem> {
    new.check()?;
    add(&context, actor(&caller), &new, StatusCode::CREATED, taken)
}

/// Adds one and answers with it.
pub(super) fn add(
    context: &Context,
    actor: Option<UserId>,
    new: &NewConfiguration,
    status: StatusCode,
    taken: fn() -> Problem,
) -> Result<Response, Problem> {
    store::NUMBERS.gapless("", |number| {
        let NewConfiguration {
            config_key,
            environment,
            service_name,
            description,
            is_sensitive,
            created_by,
            ..
        } = new.clone();
        let (scope, now) = (scope(service_name.as_deref()), clock::now());
        let configuration = Configuration {
            id: number.value,
            config_key,
            config_value: sealing::stored(number.value, &new.config_value, is_sensitive)?,
            environment,
            service_name,
            scope,
            description,
            is_sensitive,
            version: 1,
            is_active: true,
            created_at: now,
            updated_at: now,
            created_by,
            actor_id: actor,
        };
        let change = Change {
            new_value: Some(configuration.config_value.clone()),
            ..noted(&configuration, Action::Created, created_by, actor)
        };
        let transaction = context.begin().execute(configuration.insert()).on_unique(store::UNIQUE, taken);
        let event = Updated::of(&configuration, Action::Created, &new.config_value);
        let view = ConfigurationView::of(configuration)?;
        let transaction: RespondingTransaction =
            transaction.execute_all(store::note(&change)).publish(&event).respond((status, Json(view)));
        Ok(transaction)
    })
}

/// A note without values.
fn noted(
    configuration: &Configuration,
    action: Action,
    changed_by: Option<i64>,
    actor: Option<UserId>,
) -> Change {
    Change {
        id: 0,
        config_id: configuration.id,
        action,
        old_value: None,
        new_value: None,
        version: configuration.version,
        changed_by,
        change_reason: None,
        created_at: clock::now(),
        actor_id: actor,
    }
}

/// Lists configurations of an environment and of all, without those that are sensitive.
#[utoipa::path(get, path = "/api/v1/configurations/", params(
    ("environment" = Option<Environment>, Query, description = "Only those for this one and for all"),
    ("service_name" = Option<String>, Query), ("is_active" = Option<bool>, Query, description = "`true` if not given"),
    ("include_sensitive" = Option<bool>, Query), Skip,
), responses((status = 200, body = [ConfigurationView])))]
pub(super) async fn list(query: Parameters, skip: Skip) -> Result<Response, Problem> {
    let environments = query.environment()?.map(|environment| vec![environment, Environment::All]);
    let sensitive = query.truth("include_sensitive")?.unwrap_or(false);
    let found = ListRequest::<Configurations>::from_query()
        .filter("environment", ENVIRONMENTS, environments)
        .filter("service_name", SERVICE, query.text("service_name").map(str::to_owned))
        .only(ACTIVE, query.truth("is_active")?.unwrap_or(true))
        .filter("include_sensitive", SENSITIVE, (!sensitive).then_some(false))
        .finish()?
        .offset_page(&Scope::all(), skip.page()?)?;
    let views: Vec<ConfigurationView> =
        found.into_iter().map(ConfigurationView::of).collect::<Result<_, _>>()?;
    Ok(Json(views).into_response())
}

/// All values at once.
#[derive(Debug, Serialize, ToSchema)]
struct BulkView {
    /// Values by their keys.
    #[schema(value_type = Object)]
    configurations: Map<String, Value>,
    /// Sensitive ones are counted, although they may be left out.
    total_count: usize,
    environment: Environment,
    service_name: Option<String>,
}

/// Shows all active values by their keys; one for the environment goes before one for all.
#[utoipa::path(get, path = "/api/v1/configurations/bulk", params(
    ("environment" = Option<Environment>, Query), ("service_name" = Option<String>, Query),
    ("include_sensitive" = Option<bool>, Query),
), responses((status = 200, body = BulkView)))]
pub(super) async fn bulk(query: Parameters) -> Result<Response, Problem> {
    let (environment, service) = (query.environment()?, query.text("service_name"));
    let sensitive = query.truth("include_sensitive")?.unwrap_or(false);
    let found = store::all_active(environment, service)?;
    let total_count = found.len();
    let mut configurations = Map::new();
    for configuration in found.into_iter().filter(|found| sensitive || !found.is_sensitive) {
        let value = sealing::opened(configuration.id, &configuration.config_value)?;
        configurations.insert(configuration.config_key, value);
    }
    let environment = environment.unwrap_or(Environment::All);
    let service_name = service.map(str::to_owned);
    Ok(Json(BulkView { configurations, total_count, environment, service_name }).into_response())
}

/// Shows a configuration, also one that was deleted.
#[utoipa::path(get, path = "/api/v1/configurations/{id}", params(("id" = i64, Path)), responses(
    (status = 200, body = ConfigurationView),
    (status = 404, description = "There is none"),
))]
pub(super) async fn show(Path(id): Path<i64>) -> Result<Response, Problem> {
    Ok(Json(ConfigurationView::of(found(id)?)?).into_response())
}

pub(super) fn found(id: i64) -> Result<Configuration, Problem> {
    store::find(id)?.ok_or_else(|| not_found(WHAT, id))
}

/// Changes a configuration; that is a new version, also if nothing is given.
#[utoipa::path(put, path = "/api/v1/configurations/{id}",
    params(("id" = i64, Path), ("changed_by" = Option<i64>, Query)), request_body = ConfigurationChange,
    responses((status = 200, body = ConfigurationView), (status = 404, description = "There is none")))]
pub(super) async fn change(
    context: Context,
    caller: MaybeCaller,
    Path(id): Path<i64>,
    query: Parameters,
    ValidJson(change): ValidJson<ConfigurationChange>,
) -> Result<Response, Problem> {
    let changed_by = query.integer("changed_by")?;
    again(|| update(&context, actor(&caller), &found(id)?, change.clone(), changed_by))
}

/// Makes its next version and answers with it.
pub(super) fn update(
    context: &Context,
    actor: Option<UserId>,
    configuration: &Configuration,
    change: ConfigurationChange,
    changed_by: Option<i64>,
) -> Result<Response, Problem> {
    let id = configuration.id;
    let is_sensitive = change.is_sensitive.unwrap_or(configuration.is_sensitive);
    let config_value = match &change.config_value {
        Some(value) => sealing::stored(id, value, is_sensitive)?,
        None => sealing::restored(id, &configuration.config_value, is_sensitive)?,
    };
    let next = Configuration {
        config_value,
        description: change.description.or(configuration.description.clone()),
        is_sensitive,
        is_active: change.is_active.unwrap_or(configuration.is_active),
        version: configuration.version + 1,
        updated_at: clock::now(),
        ..configuration.clone()
    };
    let note = Change {
        old_value: Some(sealing::restored(id, &configuration.config_value, is_sensitive)?),
        new_value: Some(next.config_value.clone()),
        change_reason: change.change_reason,
        ..noted(&next, Action::Updated, changed_by, actor)
    };
    let mut transaction = context
        .begin()
        .execute(store::update(&next, configuration.is_active))
        .on_missing(Problem::changed_meanwhile)
        .on_unique(store::UNIQUE, taken);
    if is_sensitive && !configuration.is_sensitive {
        // What it was is a secret from now on, too.
        for old in store::whole_history(id)? {
            let seal =
                |value: Option<String>| value.map(|value| sealing::restored(id, &value, true)).transpose();
            let (old_value, new_value) = (seal(old.old_value.clone())?, seal(old.new_value.clone())?);
            transaction = transaction.execute(store::rewrite(&Change { old_value, new_value, ..old }));
        }
    }
    let event = Updated::of(&next, Action::Updated, &sealing::opened(id, &next.config_value)?);
    let view = ConfigurationView::of(next)?;
    transaction.execute_all(store::note(&note)).publish(&event).respond(Json(view)).commit()
}

/// Deletes a configuration: it isn't active any more, and can still be shown.
#[utoipa::path(delete, path = "/api/v1/configurations/{id}",
    params(("id" = i64, Path), ("changed_by" = Option<i64>, Query)),
    responses((status = 200, body = Done), (status = 404, description = "There is none")))]
pub(super) async fn delete(
    context: Context,
    caller: MaybeCaller,
    Path(id): Path<i64>,
    query: Parameters,
) -> Result<Response, Problem> {
    let changed_by = query.integer("changed_by")?;
    let done = || Json(Done::saying(format!("{WHAT} {id} deleted")));
    again(|| {
        let configuration = found(id)?;
        if !configuration.is_active {
            return Ok(done().into_response());
        }
        let note = Change {
            old_value: Some(configuration.config_value.clone()),
            ..noted(&configuration, Action::Deleted, changed_by, actor(&caller))
        };
        let gone = Configuration { is_active: false, updated_at: clock::now(), ..configuration.clone() };
        context
            .begin()
            .execute(store::deactivate(&configuration, gone.updated_at))
            .on_missing(Problem::changed_meanwhile)
            .execute_all(store::note(&note))
            .publish(&Updated::of(&gone, Action::Deleted, &Value::Null))
            .respond(done())
            .commit()
    })
}

/// Shows what was done with a configuration, the newest first.
#[utoipa::path(get, path = "/api/v1/configurations/{id}/history",
    params(("id" = i64, Path), ("limit" = Option<u32>, Query, description = "1 to 200; 50 if not given")),
    responses((status = 200, body = [ChangeView]), (status = 404, description = "There is none")))]
pub(super) async fn history(Path(id): Path<i64>, query: Parameters) -> Result<Response, Problem> {
    let limit = u32::try_from(query.within("limit", 1, 200, 50)?).unwrap_or(50);
    let changes = store::history(found(id)?.id, limit)?;
    let views: Vec<ChangeView> = changes.into_iter().map(ChangeView::of).collect::<Result<_, _>>()?;
    Ok(Json(views).into_response())
}
