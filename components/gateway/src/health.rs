//! `GET /api/v1/health`: how each service is, asked of all at once, and once for all who want to know.

use std::{collections::BTreeMap, time::Duration};

use http::{Request, header};
use lyceum_kit::{http::send_all_within, prelude::*};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{routing, shared_answer};

/// Where the answer is.
pub(crate) const PATH: &str = "/api/v1/health";
/// A service that takes longer than this is unwell.
const LIMIT: Duration = Duration::from_secs(2);
/// How long an answer is given to others, too.
const KEEP: Duration = Duration::from_secs(2);

#[derive(Debug, Serialize)]
struct Health<'table> {
    status: &'static str,
    services: BTreeMap<&'table str, ServiceHealth>,
}

#[derive(Debug, Serialize)]
struct ServiceHealth {
    status: &'static str,
    milliseconds: u64,
}

/// Always 200, since the gateway itself is well enough to say so.
pub(crate) fn answer() -> Result<Response, Problem> {
    let health = shared_answer::get("health", ask)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, health.body).into_response())
}

/// The same for the gateway itself.
pub(crate) fn known() -> Result<Value, Problem> {
    let health = shared_answer::get("health", ask)?;
    serde_json::from_slice(&health.body).map_err(|_| Problem::internal())
}

fn ask() -> Result<(Bytes, Duration), Problem> {
    let components = routing::table()?.components();
    let requests = components.iter().map(|component| probe(component)).collect::<Result<_, _>>()?;
    let answers = send_all_within(requests, LIMIT).into_iter().map(|(answer, took)| {
        let well = answer.is_ok_and(|answer| answer.status().is_success());
        (well, took)
    });
    let health = Health::of(components.iter().copied().zip(answers));
    let json = serde_json::to_vec(&health).map_err(|_| Problem::internal())?;
    Ok((json.into(), KEEP))
}

fn probe(component: &str) -> Result<Request<Body>, Problem> {
    let request = Request::get(format!("{}/healthz", service_url(component))).body(Body::empty());
    request.map_err(|_| Problem::internal())
}

impl<'table> Health<'table> {
    fn of(services: impl Iterator<Item = (&'table str, (bool, Duration))>) -> Self {
        let services: BTreeMap<_, _> = services
            .map(|(component, (well, took))| {
                let status = if well { "healthy" } else { "unhealthy" };
                let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                (component, ServiceHealth { status, milliseconds })
            })
            .collect();
        let all_well = services.values().all(|service| service.status == "healthy");
        Self { status: if all_well { "healthy" } else { "degraded" }, services }
    }
}

/// The form of the answer, for OpenAPI.
pub(crate) fn schema() -> Value {
    let service = json!({
        "type": "object",
        "required": ["status", "milliseconds"],
        "properties": {
            "status": { "type": "string", "enum": ["healthy", "unhealthy"] },
            "milliseconds": { "type": "integer", "format": "int64", "minimum": 0 },
        },
    });
    json!({
        "type": "object",
        "required": ["status", "services"],
        "properties": {
            "status": { "type": "string", "enum": ["healthy", "degraded"] },
            "services": { "type": "object", "additionalProperties": service },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unhealthy_service_degrades_the_whole() {
        let health = |auth: bool| {
            let took = Duration::from_millis(3);
            let services = [("auth", (auth, took)), ("users", (true, took))];
            serde_json::to_value(Health::of(services.into_iter())).unwrap()
        };
        let well = json!({ "status": "healthy", "milliseconds": 3 });
        let unwell = json!({ "status": "unhealthy", "milliseconds": 3 });
        assert_eq!(health(true), json!({ "status": "healthy", "services": { "auth": well, "users": well } }));
        assert_eq!(
            health(false),
            json!({ "status": "degraded", "services": { "auth": unwell, "users": well } })
        );
    }
}
