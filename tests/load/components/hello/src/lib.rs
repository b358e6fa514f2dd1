//! The smallest component, for the benchmark: a JSON answer of its own, and the same one fetched from
//! the component `hello-inside`, which shows what a hop costs.
//!
//! It is made with the kit as every service is, so that its figures are those a service can reach.
#![forbid(unsafe_code)]

use lyceum_kit::{http::send, prelude::*};
use serde::Serialize;

lyceum_kit::service! {
    name: "hello",
    identity: issuer,
    routes: routes,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Hello {
    message: &'static str,
}

fn routes() -> Routes {
    Routes::new("Hello", "Answers at once")
        .add(Access::Anyone, route!(hello))
        .add(Access::Anyone, route!(relay))
}

/// A small JSON answer.
#[utoipa::path(get, path = "/hello", responses((status = 200, body = Hello)))]
async fn hello() -> Json<Hello> {
    Json(Hello { message: "Hello" })
}

/// The same from another component.
#[utoipa::path(get, path = "/relay", responses((status = 200, body = Hello)))]
async fn relay() -> Result<Response, Problem> {
    let request = Request::get(format!("{}/hello", service_url("hello-inside")))
        .body(Body::empty())
        .map_err(|_| Problem::internal())?;
    Ok(send(request)?)
}
