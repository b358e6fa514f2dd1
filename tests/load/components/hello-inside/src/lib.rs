//! The smallest component that others call, for the benchmark: one JSON answer, behind the gateway or
//! behind the component `hello`. As in every service, the caller's identity is verified first.
#![forbid(unsafe_code)]

use lyceum_kit::prelude::*;
use serde::Serialize;

lyceum_kit::service! {
    name: "hello-inside",
    routes: routes,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Hello {
    message: &'static str,
}

fn routes() -> Routes {
    Routes::new("Hello", "Answers at once").add(Access::Anyone, route!(hello))
}

/// A small JSON answer.
#[utoipa::path(get, path = "/hello", responses((status = 200, body = Hello)))]
async fn hello() -> Json<Hello> {
    Json(Hello { message: "Hello" })
}
