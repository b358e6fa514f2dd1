//! `GET /`: what this is, and where to go on.

use lyceum_kit::prelude::*;
use serde_json::json;

use crate::{health, openapi};

pub(crate) fn answer() -> Response {
    let document = json!({
        "name": "Lyceum",
        "version": env!("CARGO_PKG_VERSION"),
        "links": { "openapi": openapi::PATH, "health": health::PATH },
    });
    Json(document).into_response()
}
