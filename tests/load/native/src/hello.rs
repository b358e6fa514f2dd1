//! A small JSON answer.

use axum::Json;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Hello {
    message: &'static str,
}

pub(crate) async fn hello() -> Json<Hello> {
    Json(Hello { message: "Hello" })
}
