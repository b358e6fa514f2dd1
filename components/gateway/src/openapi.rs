//! `GET /openapi.json`: the interface of all services as one OpenAPI 3.1 document.

mod merge;
mod part;
mod selection;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use http::{HeaderValue, Request, header};
use lyceum_kit::{
    block_on::block_on,
    body::collect,
    dialect::LibraryProfile,
    http::{SendError, send_all_within},
    prelude::*,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use self::{merge::Document, part::Part};
use crate::{
    routing::{self, RouteTable},
    shared_answer,
};

/// Where the document is.
pub(crate) const PATH: &str = "/openapi.json";
/// A service that takes longer than this is left out.
const LIMIT: Duration = Duration::from_secs(2);
/// How long a complete document is given to others, too.
const KEEP: Duration = Duration::from_secs(10);
/// The same of one that lacks a part.
const KEEP_INCOMPLETE: Duration = Duration::from_secs(2);

/// The document; a service that is down leaves its part out, which the document says.
pub(crate) fn answer() -> Result<Response, Problem> {
    let document = shared_answer::get("openapi", || make(routing::table()?, selection::of_all))?.body;
    answered(document)
}

/// The part of it that is one generation of the older library's.
pub(crate) fn of_the_library(profile: LibraryProfile) -> Result<Bytes, Problem> {
    let name = match profile {
        LibraryProfile::Reference => "openapi-library",
        LibraryProfile::Successor => "openapi-successor",
    };
    let select = |document: &mut Value| selection::of_the_library(document, profile);
    let shared = shared_answer::get(name, || make(routing::table()?, select))?;
    Ok(shared.body)
}

/// With its type and a tag of its content.
pub(crate) fn answered(document: Bytes) -> Result<Response, Problem> {
    let digest = BASE64.encode(Sha256::digest(&document));
    let entity_tag = HeaderValue::try_from(format!("\"{digest}\"")).map_err(|_| Problem::internal())?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, entity_tag),
    ];
    Ok((headers, document).into_response())
}

fn make(table: &RouteTable, select: impl Fn(&mut Value)) -> Result<(Bytes, Duration), Problem> {
    let components = table.components();
    let requests = components.iter().map(|component| question(component)).collect::<Result<_, _>>()?;
    let mut document = Document::new();
    for (component, (answer, _)) in components.into_iter().zip(send_all_within(requests, LIMIT)) {
        match read(answer) {
            Ok(part) => document.add(Part::new(component, part), |path| table.outside(component, path)),
            Err(reason) => {
                log::warn(format!("{component} has no OpenAPI document: {reason}"));
                document.miss(component);
            }
        }
    }
    let keep = if document.is_complete() { KEEP } else { KEEP_INCOMPLETE };
    let mut finished = document.finish();
    select(&mut finished);
    let json = serde_json::to_vec(&finished).map_err(|_| Problem::internal())?;
    Ok((json.into(), keep))
}

fn question(component: &str) -> Result<Request<Body>, Problem> {
    let request = Request::get(format!("{}{PATH}", service_url(component))).body(Body::empty());
    request.map_err(|_| Problem::internal())
}

fn read(answer: Result<Response, SendError>) -> Result<Value, String> {
    let answer = answer.map_err(|error| error.to_string())?;
    if answer.status() != StatusCode::OK {
        return Err(format!("it answers {}", answer.status()));
    }
    let body = block_on(collect(answer.into_body())).ok_or("its body never ends")?;
    let body = body.map_err(|problem| problem.detail().to_owned())?;
    serde_json::from_slice(&body).map_err(|error| error.to_string())
}
