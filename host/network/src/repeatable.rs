//! A request that can be made again, with the body that it had.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Method, Request, Uri};
use http_body::{Body, SizeHint};
use http_body_util::BodyExt;
use lyceum_mesh::retry::rule;

use crate::BoxBody;
use crate::kept::{Keeping, Kept, LONGEST_KEPT, Piece, Shared, lock};

/// What makes a call with any method safe to repeat.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What is needed to make a request again.
///
/// The body is kept while it streams to the first one who is asked: no byte is copied, and nobody waits for its end. Who
/// takes it over gets what was kept and then what is still to come.
pub struct Repeatable<E> {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    kept: Shared<E>,
}

impl<E: Send + 'static> Repeatable<E> {
    /// The request, and what is needed to make it again if it may arrive twice and its body may be short enough.
    pub fn of(request: Request<BoxBody<E>>) -> (Request<BoxBody<E>>, Option<Self>) {
        let has_key = request.headers().contains_key(IDEMPOTENCY_KEY);
        let hint = request.body().size_hint();
        if !rule::is_idempotent(request.method(), has_key) || hint.lower() > LONGEST_KEPT {
            return (request, None);
        }
        let (parts, body) = request.into_parts();
        let is_whole = body.is_end_stream();
        let kept = Kept { pieces: Some(VecDeque::new()), length: 0, rest: Some(body), is_whole };
        let repeatable = Self {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            kept: Arc::new(Mutex::new(kept)),
        };
        let body = repeatable.body(hint);
        (Request::from_parts(parts, body), Some(repeatable))
    }

    /// The request once more; `None` if its body is too long by now, broke off, or is still being read by whoever was
    /// asked before.
    pub fn request(&self) -> Option<Request<BoxBody<E>>> {
        let hint = {
            let kept = lock(&self.kept);
            let pieces = kept.pieces.as_ref()?;
            // The trailers that were read are all that can follow the data.
            let had_trailers = pieces.iter().any(|piece| matches!(piece, Piece::Trailers(_)));
            match &kept.rest {
                Some(rest) => longer(&rest.size_hint(), kept.length),
                None if kept.is_whole || had_trailers => SizeHint::with_exact(kept.length),
                None => return None,
            }
        };
        let mut request = Request::new(self.body(hint));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        Some(request)
    }

    fn body(&self, hint: SizeHint) -> BoxBody<E> {
        Keeping::new(Arc::clone(&self.kept), hint).boxed_unsync()
    }
}

impl<E> Drop for Repeatable<E> {
    /// Nobody will ask again: what is still read need not be kept.
    fn drop(&mut self) {
        let mut kept = lock(&self.kept);
        kept.pieces = None;
        kept.rest = None;
    }
}

fn longer(hint: &SizeHint, by: u64) -> SizeHint {
    let mut longer = SizeHint::new();
    longer.set_lower(hint.lower().saturating_add(by));
    if let Some(upper) = hint.upper() {
        longer.set_upper(upper.saturating_add(by));
    }
    longer
}
