//! A small service that calls whom it is told to. Only for tests, which plug it in and see what a component gets to hear of
//! hosts outside of the application.
#![forbid(unsafe_code)]

use lyceum_kit::http::{self, CallError, Service};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

lyceum_kit::service! {
    name: "caller",
    routes: routes,
}

fn routes() -> Routes {
    Routes::new("Caller", "Calls hosts outside")
        .add(Access::Anyone, route!(call))
        .add(Access::Anyone, route!(relay).without_idempotency())
}

/// Whom to call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Scheme, host and port.
    host: String,
    /// The path there.
    path: String,
    /// What is sent as JSON.
    text: String,
}

/// What the host is sent and answers with.
#[derive(Debug, Deserialize, Serialize)]
struct Text {
    text: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct Heard {
    /// One word.
    outcome: &'static str,
    /// The host's text, or why there is none.
    text: String,
}

/// Sends JSON by POST.
#[utoipa::path(post, path = "/api/v1/calls", request_body = Wanted, responses((status = 200, body = Heard)))]
async fn call(context: Context, ValidJson(wanted): ValidJson<Wanted>) -> Result<Json<Heard>, Problem> {
    let host = Service::outside(&wanted.host).once(&context, "call");
    let answered: Result<Text, _> = host.post(&wanted.path, &Text { text: wanted.text });
    let (outcome, text) = match answered {
        Ok(Text { text }) => ("answered", text),
        Err(error) => (outcome(&error), error.to_string()),
    };
    Ok(Json(Heard { outcome, text }))
}

fn outcome(error: &CallError) -> &'static str {
    match error {
        CallError::Refused(_) => "refused",
        CallError::Unavailable { .. } => "unavailable",
        CallError::Timeout { .. } => "timeout",
        CallError::NotAllowed { .. } => "not allowed",
        _ => "unusable",
    }
}

/// Where a body goes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct To {
    /// The whole URL.
    url: String,
}

/// Passes the body on and the answer back, as they come.
#[utoipa::path(post, path = "/api/v1/calls/relay", params(To), responses((status = 200)))]
async fn relay(Query(to): Query<To>, body: Body) -> Result<Response, Problem> {
    let request = Request::post(to.url).body(body).map_err(|_| Problem::internal())?;
    Ok(http::send(request)?)
}
