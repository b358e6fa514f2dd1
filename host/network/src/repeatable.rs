//! A request that can be made again.

use http::{HeaderMap, Method, Request, Uri};
use http_body::Body;
use http_body_util::{BodyExt, Empty};

use crate::BoxBody;

/// What is needed to make a request again. Only one without a body can be: a body streams through once.
#[derive(Clone, Debug)]
pub struct Repeatable {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Repeatable {
    /// Of a request that may arrive twice; none of another.
    pub fn of<B: Body>(request: &Request<B>) -> Option<Self> {
        (request.body().is_end_stream() && request.method().is_idempotent()).then(|| Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
        })
    }

    /// The request once more.
    pub fn request<E: 'static>(&self) -> Request<BoxBody<E>> {
        let mut request = Request::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}
