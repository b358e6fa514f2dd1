//! An object as the content of an answer.

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};

use super::{
    BlobError, Container, Sha256Digest, disposition,
    range::{Wanted, wanted},
};
use crate::prelude::*;

/// What is read of a container, whole or in part, and never changes: an object by its name belongs to one content.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// The object.
    pub object: &'a str,
    /// In bytes.
    pub size: u64,
    /// Of all the bytes; also its `ETag`.
    pub digest: Sha256Digest,
    /// Its media type; what is none is sent as bytes.
    pub media_type: &'a str,
    /// Under which it is to be saved.
    pub file_name: &'a str,
}

impl Download<'_> {
    /// The answer to a GET or HEAD: 200, or 206 for `Range` (RFC 9110, section 14); 412 and 416 where the request asks for
    /// another state or for what is past the end. The container is opened only if something is read. A browser saves it, and
    /// never shows it as a part of this site.
    pub fn answer(
        &self,
        container: impl FnOnce() -> Result<Container, BlobError>,
        method: &Method,
        conditions: &Conditions,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let Self { object, size, digest, .. } = *self;
        let tag = EntityTag::of_digest(&digest);
        // They come before `Range` (RFC 9110, 13.2.2); the kit makes the 304.
        conditions.check(&tag)?;
        let unread = *method == Method::HEAD || conditions.has(&tag);
        let ranged = !unread && conditions.range_applies(&tag);
        let (status, range) = match if ranged { wanted(headers, size) } else { Wanted::Whole } {
            Wanted::Whole => (StatusCode::OK, None),
            Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
            Wanted::Unsatisfiable => {
                let detail = format!("The content has {size} bytes.");
                let problem =
                    Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE_NOT_SATISFIABLE", detail);
                return Err(problem.with_header(CONTENT_RANGE, value(&format!("bytes */{size}"))?));
            }
        };
        let bytes = range.clone().map_or(0..size, |range| *range.start()..range.end().saturating_add(1));
        let body = if unread { Body::empty() } else { container()?.get(object, bytes)? };
        let mut response = tagged(&tag, Response::new(body));
        *response.status_mut() = status;
        let bytes = || HeaderValue::from_static("application/octet-stream");
        for (name, value) in [
            (CONTENT_TYPE, HeaderValue::from_str(self.media_type).unwrap_or_else(|_| bytes())),
            (CONTENT_DISPOSITION, disposition::attachment(self.file_name)),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (ACCEPT_RANGES, HeaderValue::from_static("bytes")),
            (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
            (HeaderName::from_static("repr-digest"), digest.header()),
        ] {
            response.headers_mut().insert(name, value);
        }
        if let Some(range) = range {
            let part = format!("bytes {}-{}/{size}", range.start(), range.end());
            response.headers_mut().insert(CONTENT_RANGE, value(&part)?);
        }
        Ok(response)
    }
}

fn value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|_| Problem::internal())
}
