//! Flags.

use std::time::Duration;

use lyceum_kit::again::again;
use lyceum_kit::dialect::Skip;
use lyceum_kit::list::{Between, ListRequest, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{RespondingTransaction, Table as _, Versioned as _};
use serde_json::json;

use super::view::{Done, FlagView};
use super::{actor, not_found};
use crate::domain::Environment;
use crate::domain::flag::{Flag, FlagChange, NewFlag, percentage};
use crate::events::{FlagChanged, FlagDeleted, FlagToggled};
use crate::parameters::Parameters;
use crate::store::flags::{self as store, ENABLED, ENDS, ENVIRONMENTS, FlagNote, Flags, SERVICE};

const WHAT: &str = "Feature flag";

fn taken() -> Problem {
    Problem::bad_request("FLAG_KEY_TAKEN", "A feature flag with this key already exists")
}

/// Adds a flag.
#[utoipa::path(post, path = "/api/v1/feature-flags/", request_body = NewFlag, responses(
    (status = 201, body = FlagView),
    (status = 400, description = "Another one has this key"),
))]
pub(super) async fn create(
    context: Context,
    caller: MaybeCaller,
    ValidJson(new): ValidJson<NewFlag>,
) -> Result<Response, Problem> {
    new.numbered(0)?;
    store::NUMBERS.gapless("", |number| {
        let flag = new.numbered(number.value)?;
        let note = noted(None, Some(&flag), "created", actor(&caller));
        let transaction = context.begin().execute(flag.insert()).on_unique(store::UNIQUE, taken);
        let transaction = transaction.execute_all(store::note(&note)).publish(&FlagChanged::of(&flag));
        let transaction: RespondingTransaction =
            transaction.respond((StatusCode::CREATED, Json(FlagView::from(flag))));
        Ok::<_, Problem>(transaction)
    })
}

/// What a flag was and is, for the note of who changed what.
fn noted(old: Option<&Flag>, new: Option<&Flag>, action: &str, actor: Option<UserId>) -> FlagNote {
    let text = |flag: &Flag| {
        json!({ "flag": FlagView::from(flag.clone()), "rules": flag.rules.0.rules }).to_string()
    };
    FlagNote {
        id: 0,
        flag_id: old.or(new).map_or(0, |flag| flag.id),
        action: action.to_owned(),
        old_flag: old.map(text),
        new_flag: new.map(text),
        created_at: clock::now(),
        actor_id: actor,
    }
}

/// Lists flags of an environment and of all, without those that have expired.
#[utoipa::path(get, path = "/api/v1/feature-flags/", params(
    ("environment" = Option<Environment>, Query, description = "Only those for this one and for all"),
    ("service_name" = Option<String>, Query), ("is_enabled" = Option<bool>, Query),
    ("include_expired" = Option<bool>, Query), Skip,
), responses((status = 200, body = [FlagView])))]
pub(super) async fn list(query: Parameters, skip: Skip) -> Result<Response, Problem> {
    let environments = query.environment()?.map(|environment| vec![environment, Environment::All]);
    let expired = query.truth("include_expired")?.unwrap_or(false);
    let alive = Between { from: Some(clock::now().plus(Duration::from_micros(1))), to: None };
    let found = ListRequest::<Flags>::from_query()
        .filter("environment", ENVIRONMENTS, environments)
        .filter("service_name", SERVICE, query.text("service_name").map(str::to_owned))
        .filter("is_enabled", ENABLED, query.truth("is_enabled")?)
        .filter("include_expired", ENDS, (!expired).then_some(alive))
        .finish()?
        .offset_page(&Scope::all(), skip.page()?)?;
    Ok(Json(found.into_iter().map(FlagView::from).collect::<Vec<_>>()).into_response())
}

/// Shows a flag.
#[utoipa::path(get, path = "/api/v1/feature-flags/{id}", params(("id" = i64, Path)), responses(
    (status = 200, body = FlagView),
    (status = 404, description = "There is none"),
))]
pub(super) async fn show(Path(id): Path<i64>) -> Result<Response, Problem> {
    Ok(Json(FlagView::from(found(id)?)).into_response())
}

pub(super) fn found(id: i64) -> Result<Flag, Problem> {
    store::find(id)?.ok_or_else(|| not_found(WHAT, id))
}

/// Shows the flag with this key, or `null`.
#[utoipa::path(get, path = "/api/v1/feature-flags/key/{key}", params(("key" = String, Path)),
    responses((status = 200, body = Option<FlagView>)))]
pub(super) async fn keyed(Path(key): Path<String>) -> Result<Response, Problem> {
    Ok(Json(store::keyed(&key)?.map(FlagView::from)).into_response())
}

/// Changes a flag; its key, environment and service stay.
#[utoipa::path(put, path = "/api/v1/feature-flags/{id}", params(("id" = i64, Path)), request_body = FlagChange,
    responses((status = 200, body = FlagView), (status = 404, description = "There is none")))]
pub(super) async fn change(
    context: Context,
    caller: MaybeCaller,
    Path(id): Path<i64>,
    ValidJson(change): ValidJson<FlagChange>,
) -> Result<Response, Problem> {
    again(|| {
        let flag = found(id)?;
        let next = flag.changed(change.clone())?;
        save(&context, actor(&caller), &flag, next, "updated", |flag| {
            Json(FlagView::from(flag)).into_response()
        })
    })
}

/// Stores what a flag is from now on, notes who did it, and tells others.
pub(super) fn save(
    context: &Context,
    actor: Option<UserId>,
    flag: &Flag,
    next: Flag,
    action: &str,
    answer: impl FnOnce(Flag) -> Response,
) -> Result<Response, Problem> {
    let mut transaction = context
        .begin()
        .execute(next.update())
        .on_missing(Problem::changed_meanwhile)
        .execute_all(store::note(&noted(Some(flag), Some(&next), action, actor)))
        .publish(&FlagChanged::of(&next));
    if next.is_enabled != flag.is_enabled {
        transaction = transaction.publish(&FlagToggled::of(&next));
    }
    transaction.respond(answer(next)).commit()
}

fn change_keyed(
    context: &Context,
    caller: &MaybeCaller,
    key: &str,
    action: &str,
    change: &FlagChange,
) -> Result<Response, Problem> {
    again(|| {
        let flag = store::keyed(key)?.ok_or_else(|| not_found(WHAT, format_args!("'{key}'")))?;
        let next = flag.changed(change.clone())?;
        save(context, actor(caller), &flag, next, action, |flag| Json(FlagView::from(flag)).into_response())
    })
}

/// Switches a flag on or off.
#[utoipa::path(put, path = "/api/v1/feature-flags/toggle/{key}",
    params(("key" = String, Path), ("enabled" = bool, Query)),
    responses((status = 200, body = FlagView), (status = 404, description = "There is none")))]
pub(super) async fn toggle(
    context: Context,
    caller: MaybeCaller,
    Path(key): Path<String>,
    query: Parameters,
) -> Result<Response, Problem> {
    query.required("enabled")?;
    let change = FlagChange { is_enabled: query.truth("enabled")?, ..FlagChange::default() };
    change_keyed(&context, &caller, &key, "toggled", &change)
}

/// Says for how many of a hundred a flag is on.
#[utoipa::path(put, path = "/api/v1/feature-flags/rollout/{key}",
    params(("key" = String, Path), ("percentage" = i64, Query, description = "0 to 100")),
    responses((status = 200, body = FlagView), (status = 404, description = "There is none")))]
pub(super) async fn rollout(
    context: Context,
    caller: MaybeCaller,
    Path(key): Path<String>,
    query: Parameters,
) -> Result<Response, Problem> {
    query.required("percentage")?;
    let given = query.integer("percentage")?.unwrap_or(-1);
    query.ruled("percentage", |_| percentage(given))?;
    let change = FlagChange { rollout_percentage: Some(given), ..FlagChange::default() };
    change_keyed(&context, &caller, &key, "rolled_out", &change)
}

/// Deletes a flag for good.
#[utoipa::path(delete, path = "/api/v1/feature-flags/{id}", params(("id" = i64, Path)), responses(
    (status = 200, body = Done),
    (status = 404, description = "There is none"),
))]
pub(super) async fn delete(
    context: Context,
    caller: MaybeCaller,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    again(|| {
        let flag = found(id)?;
        context
            .begin()
            .execute(store::delete(&flag))
            .on_missing(Problem::changed_meanwhile)
            .execute_all(store::note(&noted(Some(&flag), None, "deleted", actor(&caller))))
            .publish(&FlagDeleted::of(&flag))
            .respond(Json(Done::saying(format!("{WHAT} {id} deleted"))))
            .commit()
    })
}
