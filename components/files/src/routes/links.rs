//! Links that work without a sign-in.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{content, find, not_found};
use crate::domain::link::{self, DEFAULT_LIFE, LONGEST_LIFE};
use crate::store;

/// A link to a file's content.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DownloadLink {
    /// Relative to this API's address; works for everybody who has it.
    url: String,
    expires_at: Timestamp,
}

/// How long a link is to work.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Life {
    /// In seconds, from 1 to 604800 (a week); 900 if not given.
    #[param(minimum = 1, maximum = 604_800)]
    expires_in: Option<u32>,
}

/// Makes a link to a file's content.
#[utoipa::path(get, path = "/api/v1/files/{id}/url", params(("id" = Uuid, Path), Life), responses(
    (status = 200, body = DownloadLink),
    (status = 404, description = "The caller has no such file"),
    (status = 409, description = "The content has not come yet"),
))]
pub(super) async fn make(
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(Life { expires_in }): Query<Life>,
) -> Result<Response, Problem> {
    let life = expires_in.unwrap_or(DEFAULT_LIFE);
    if !(1..=LONGEST_LIFE).contains(&life) {
        let violation = Violation::new("OUT_OF_RANGE", format!("Must be from 1 to {LONGEST_LIFE} seconds."));
        return Err(Problem::malformed(violation.at("/query/expires_in")));
    }
    let file = find(&caller, id)?;
    file.content()?;
    let (url, expires_at) = link::make(file.id, life)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(DownloadLink { url, expires_at })).into_response())
}

/// What a link carries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Signed {
    /// Seconds since 1970.
    expires: i64,
    signature: String,
}

/// A file's content, or a range of it, for whoever has a link.
#[utoipa::path(get, path = "/api/v1/files/{id}/download", params(("id" = Uuid, Path), Signed), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 206, description = "The range"),
    (status = 403, description = "The link was not made here, or has expired"),
    (status = 404, description = "The file was deleted"),
))]
pub(super) async fn follow(
    Path(id): Path<Uuid>,
    Query(Signed { expires, signature }): Query<Signed>,
    method: Method,
    conditions: Conditions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    link::check(id, expires, &signature)?;
    let file = store::find(id)?.ok_or_else(not_found)?;
    content::send(&file, &method, &conditions, &headers)
}
