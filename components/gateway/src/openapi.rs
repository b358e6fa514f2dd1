//! `GET /openapi.json`: the interface of all services as one OpenAPI 3.1 document.

mod merge;
mod part;

use std::{cell::RefCell, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use http::{HeaderValue, Request, header};
use lyceum_kit::{
    block_on::block_on,
    body::collect,
    http::{SendError, send_all_within},
    prelude::*,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use self::{merge::Document, part::Part};
use crate::routing::{self, RouteTable};

/// Where the document is.
pub(crate) const PATH: &str = "/openapi.json";
/// A service that takes longer than this is left out.
const LIMIT: Duration = Duration::from_secs(2);
/// How long a complete document is kept.
const KEEP: Duration = Duration::from_secs(10);

/// A document as it is sent.
#[derive(Clone, Debug)]
struct Published {
    json: Bytes,
    entity_tag: HeaderValue,
    made_at: Timestamp,
}

thread_local! {
    // An instance works on one request at a time.
    static KEPT: RefCell<Option<Published>> = const { RefCell::new(None) };
}

/// The document; a service that is down leaves its part out, which the document says.
pub(crate) fn answer() -> Result<Response, Problem> {
    let now = clock::now();
    let kept = KEPT.with_borrow(Clone::clone).filter(|kept| now.since(kept.made_at) < KEEP);
    let published = match kept {
        Some(kept) => kept,
        None => make(routing::table()?, now)?,
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, published.entity_tag),
    ];
    Ok((headers, published.json).into_response())
}

fn make(table: &RouteTable, now: Timestamp) -> Result<Published, Problem> {
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
    let complete = document.is_complete();
    let published = Published::new(&document.finish(), now)?;
    KEPT.set(complete.then(|| published.clone()));
    Ok(published)
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

impl Published {
    fn new(document: &Value, made_at: Timestamp) -> Result<Self, Problem> {
        let json: Bytes = serde_json::to_vec(document).map_err(|_| Problem::internal())?.into();
        let digest = BASE64.encode(Sha256::digest(&json));
        let entity_tag = HeaderValue::try_from(format!("\"{digest}\"")).map_err(|_| Problem::internal())?;
        Ok(Self { json, entity_tag, made_at })
    }
}
