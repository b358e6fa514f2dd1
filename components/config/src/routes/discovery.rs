//! Which services there are, as the older system's discovery has it. There nobody could register; here a service does so by a
//! route of our own.

use std::collections::BTreeMap;
use std::time::Duration;

use lyceum_kit::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::view::Done;
use crate::domain::discovery::{self, Discovered, Registration, TIMEOUT};
use crate::parameters::Parameters;
use crate::store::discovery as store;

/// A service.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceView {
    service_name: String,
    host: String,
    port: i64,
    health_endpoint: String,
    /// `healthy` or `unhealthy`.
    status: &'static str,
    /// Seconds since 1970.
    last_heartbeat: f64,
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
}

impl From<Discovered> for ServiceView {
    fn from(service: Discovered) -> Self {
        let status = if service.is_healthy(clock::now(), TIMEOUT) { "healthy" } else { "unhealthy" };
        Self {
            service_name: service.service_name,
            host: service.host,
            port: service.port,
            health_endpoint: service.health_endpoint,
            status,
            last_heartbeat: seconds(service.last_heartbeat),
            metadata: service.metadata.0,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a time in seconds with a fraction is what it shall be")]
fn seconds(time: Timestamp) -> f64 {
    time.as_micros() as f64 / 1e6
}

fn missing(name: &str) -> Problem {
    Problem::not_found(format!("Service {name} not found"))
}

/// Services.
#[derive(Debug, Serialize, ToSchema)]
struct ServicesView {
    services: Vec<ServiceView>,
    total_count: usize,
    /// Only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_seconds: Option<i64>,
}

fn shown(services: Vec<Discovered>, timeout_seconds: Option<i64>) -> Response {
    let services: Vec<ServiceView> = services.into_iter().map(ServiceView::from).collect();
    Json(ServicesView { total_count: services.len(), services, timeout_seconds }).into_response()
}

/// Lists services.
#[utoipa::path(get, path = "/api/v1/discovery/services", responses((status = 200, body = ServicesView)))]
pub(super) async fn list() -> Result<Response, Problem> {
    Ok(shown(store::all()?, None))
}

fn timeout(query: &Parameters, default: i64) -> Result<(i64, Duration), Problem> {
    let seconds = query.within("timeout_seconds", 0, 31_536_000, default)?;
    Ok((seconds, Duration::from_secs(u64::try_from(seconds).unwrap_or_default())))
}

/// Lists services that were heard of lately.
#[utoipa::path(get, path = "/api/v1/discovery/services/healthy",
    params(("timeout_seconds" = Option<i64>, Query, description = "30 if not given")),
    responses((status = 200, body = ServicesView)))]
pub(super) async fn healthy(query: Parameters) -> Result<Response, Problem> {
    let ((seconds, timeout), now) = (timeout(&query, 30)?, clock::now());
    let mut services = store::all()?;
    services.retain(|service| service.is_healthy(now, timeout));
    Ok(shown(services, Some(seconds)))
}

/// Shows a service.
#[utoipa::path(get, path = "/api/v1/discovery/services/{name}", params(("name" = String, Path)), responses(
    (status = 200, body = ServiceView),
    (status = 404, description = "There is none"),
))]
pub(super) async fn show(Path(name): Path<String>) -> Result<Response, Problem> {
    let service = store::find(&name)?.ok_or_else(|| missing(&name))?;
    Ok(Json(ServiceView::from(service)).into_response())
}

/// Registers a service, or says anew where it is.
#[utoipa::path(put, path = "/api/v1/discovery/services/{name}", params(("name" = String, Path)),
    request_body = Registration, responses((status = 200, body = ServiceView)))]
pub(super) async fn register(
    context: Context,
    Path(name): Path<String>,
    ValidJson(registration): ValidJson<Registration>,
) -> Result<Response, Problem> {
    discovery::name(&name).map_err(|violation| Problem::malformed(violation.at("/path/name")))?;
    let service = registration.named(name)?;
    context.begin().execute(store::register(&service)).respond(Json(ServiceView::from(service))).commit()
}

/// Says that a service is there.
#[utoipa::path(post, path = "/api/v1/discovery/services/{name}/heartbeat", params(("name" = String, Path)), responses(
    (status = 200, body = Done),
    (status = 404, description = "There is none"),
))]
pub(super) async fn heartbeat(context: Context, Path(name): Path<String>) -> Result<Response, Problem> {
    let done = Json(Done::saying(format!("Heartbeat of {name} updated")));
    let beat = store::heartbeat(&name, clock::now());
    context.begin().execute(beat).on_missing(move || missing(&name)).respond(done).commit()
}

/// Removes a service.
#[utoipa::path(delete, path = "/api/v1/discovery/services/{name}", params(("name" = String, Path)), responses(
    (status = 200, body = Done),
    (status = 404, description = "There is none"),
))]
pub(super) async fn remove(context: Context, Path(name): Path<String>) -> Result<Response, Problem> {
    let done = Json(Done::saying(format!("Service {name} removed")));
    let gone = store::remove(&name);
    context.begin().execute(gone).on_missing(move || missing(&name)).respond(done).commit()
}

/// What was swept up.
#[derive(Debug, Serialize, ToSchema)]
struct CleanedView {
    success: bool,
    cleaned_services: usize,
    message: String,
}

/// Removes services that weren't heard of for long.
#[utoipa::path(post, path = "/api/v1/discovery/cleanup",
    params(("timeout_seconds" = Option<i64>, Query, description = "60 if not given")),
    responses((status = 200, body = CleanedView)))]
pub(super) async fn clean(context: Context, query: Parameters) -> Result<Response, Problem> {
    let before = clock::now().minus(timeout(&query, 60)?.1);
    let silent = store::silent(before)?;
    let cleaned_services = silent.len();
    let message = format!("{cleaned_services} services removed");
    let statements = silent.iter().map(|(name,)| store::clean(name, before));
    let view = CleanedView { success: true, cleaned_services, message };
    context.begin().execute_all(statements).respond(Json(view)).commit()
}

/// Whether a service is healthy.
#[derive(Debug, Serialize, ToSchema)]
struct HealthView {
    service_name: String,
    healthy: bool,
    timestamp: f64,
}

/// Says whether a service was heard of lately; one that isn't known was not.
#[utoipa::path(get, path = "/api/v1/discovery/health-check/{name}", params(("name" = String, Path)),
    responses((status = 200, body = HealthView)))]
pub(super) async fn health(Path(name): Path<String>) -> Result<Response, Problem> {
    let now = clock::now();
    let healthy = store::find(&name)?.is_some_and(|service| service.is_healthy(now, TIMEOUT));
    Ok(Json(HealthView { service_name: name, healthy, timestamp: seconds(now) }).into_response())
}

/// Whether all services are healthy.
#[derive(Debug, Serialize, ToSchema)]
struct AllHealthView {
    results: BTreeMap<String, bool>,
    summary: Summary,
    timestamp: f64,
}

/// How many are.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
struct Summary {
    total_services: usize,
    healthy_services: usize,
    unhealthy_services: usize,
}

/// Says of every service whether it was heard of lately.
#[utoipa::path(get, path = "/api/v1/discovery/health-check-all", responses((status = 200, body = AllHealthView)))]
pub(super) async fn all_health() -> Result<Response, Problem> {
    let now = clock::now();
    let results: BTreeMap<String, bool> = store::all()?
        .into_iter()
        .map(|service| (service.service_name.clone(), service.is_healthy(now, TIMEOUT)))
        .collect();
    let (total_services, healthy_services) =
        (results.len(), results.values().filter(|healthy| **healthy).count());
    let summary =
        Summary { total_services, healthy_services, unhealthy_services: total_services - healthy_services };
    Ok(Json(AllHealthView { results, summary, timestamp: seconds(now) }).into_response())
}
