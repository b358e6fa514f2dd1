//! Whether flags are on, as this contract's clients ask.

use std::collections::BTreeMap;

use lyceum_kit::prelude::*;
use lyceum_kit::random;
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

use crate::domain::Environment;
use crate::domain::evaluation::{Asker, Evaluation, evaluate};
use crate::domain::flag::Flag;
use crate::parameters::Parameters;
use crate::store::flags as store;
use lyceum_kit::dialect::Moment;

/// A number from 0 to 99 by chance.
pub(super) fn draw() -> Result<u8, Problem> {
    Ok(u8::try_from(u32::from_le_bytes(random::bytes()?) % 100).unwrap_or(0))
}

/// Evaluates for a person by an older system's number of them, of whom nothing else is known.
fn evaluated_for(
    flag: Option<&Flag>,
    flags: &BTreeMap<String, Flag>,
    user: Option<&str>,
    environment: Option<Environment>,
) -> Result<Evaluation, Problem> {
    let (now, draw) = (clock::now(), draw()?);
    let asker = Asker { user, roles: &[], attributes: &Map::new(), environment, now, draw };
    Ok(evaluate(flag, &asker, &|key| flags.get(key)))
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
struct EvaluationView {
    flag_key: String,
    is_enabled: bool,
    rollout_percentage: i64,
    user_qualified: bool,
    reason: String,
    #[schema(value_type = Option<String>)]
    expires_at: Option<Moment>,
}

/// Says whether a flag is on for somebody, and why.
#[utoipa::path(get, path = "/api/v1/feature-flags/evaluate/{key}", params(
    ("key" = String, Path), ("user_id" = Option<i64>, Query), ("environment" = Option<Environment>, Query),
), responses((status = 200, body = EvaluationView)))]
pub(super) async fn evaluated(Path(key): Path<String>, query: Parameters) -> Result<Response, Problem> {
    let (flags, evaluation) = asked(&key, &query)?;
    let Evaluation { is_enabled, user_qualified, reason, .. } = evaluation;
    let flag = flags.get(&key);
    Ok(Json(EvaluationView {
        is_enabled,
        rollout_percentage: flag.map_or(0, |flag| flag.rollout_percentage),
        user_qualified,
        reason,
        expires_at: flag.and_then(|flag| flag.expires_at).map(Moment),
        flag_key: key,
    })
    .into_response())
}

fn asked(key: &str, query: &Parameters) -> Result<(BTreeMap<String, Flag>, Evaluation), Problem> {
    let user = query.integer("user_id")?.map(|user| user.to_string());
    let environment = query.environment()?;
    let flags = store::with_prerequisites(key)?;
    let evaluation = evaluated_for(flags.get(key), &flags, user.as_deref(), environment)?;
    Ok((flags, evaluation))
}

/// Whether a flag is on.
#[derive(Debug, Serialize, ToSchema)]
struct CheckView {
    flag_key: String,
    enabled: bool,
}

/// Says whether a flag is on for somebody.
#[utoipa::path(get, path = "/api/v1/feature-flags/check/{key}", params(
    ("key" = String, Path), ("user_id" = Option<i64>, Query), ("environment" = Option<Environment>, Query),
), responses((status = 200, body = CheckView)))]
pub(super) async fn check(Path(key): Path<String>, query: Parameters) -> Result<Response, Problem> {
    let enabled = asked(&key, &query)?.1.is_on();
    Ok(Json(CheckView { flag_key: key, enabled }).into_response())
}

/// Flags at once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlagsBulkView)]
struct BulkView {
    /// Whether each is on, by its key; without those that are disabled or have expired.
    flags: BTreeMap<String, bool>,
    total_count: usize,
    environment: Environment,
    service_name: Option<String>,
    user_id: Option<i64>,
}

/// Says of all flags whether they are on for somebody.
#[utoipa::path(get, path = "/api/v1/feature-flags/bulk", params(
    ("environment" = Option<Environment>, Query), ("service_name" = Option<String>, Query),
    ("user_id" = Option<i64>, Query),
), responses((status = 200, body = BulkView)))]
pub(super) async fn bulk(query: Parameters) -> Result<Response, Problem> {
    let (environment, user_id) = (query.environment()?, query.integer("user_id")?);
    let (service, user) = (query.text("service_name"), user_id.map(|user| user.to_string()));
    let (all, now) = (store::all()?, clock::now());
    let is_asked_for = |flag: &Flag| {
        let here = environment.is_none_or(|asked| [asked, Environment::All].contains(&flag.environment));
        let serves = service.is_none_or(|service| flag.service_name.as_deref() == Some(service));
        here && serves && flag.is_enabled && flag.ends_at > now
    };
    let mut flags = BTreeMap::new();
    for flag in all.values().filter(|flag| is_asked_for(flag)) {
        let evaluation = evaluated_for(Some(flag), &all, user.as_deref(), environment)?;
        flags.insert(flag.flag_key.clone(), evaluation.is_on());
    }
    let (total_count, environment) = (flags.len(), environment.unwrap_or(Environment::All));
    let service_name = service.map(str::to_owned);
    Ok(Json(BulkView { flags, total_count, environment, service_name, user_id }).into_response())
}
