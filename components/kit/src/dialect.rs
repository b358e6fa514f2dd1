//! Dialects: how an older system's clients speak, for the routes that serve them.
//!
//! A handler is written as any other, with the kit's extractors and [`Problem`]s. The dialect of its routes puts what
//! such a client sends into the kit's form before that, and what is answered into the client's afterwards: so one
//! rule serves both faces, and the old one costs a translation and no logic. Declare it by
//! [`crate::routes::Routes::dialect`].

mod aurora;
mod library;
mod paging;

use std::sync::Arc;

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
pub use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use sha2::{Digest as _, Sha256};

pub use self::{
    aurora::{AURORA, Moment},
    library::{FormText, FormTexts, LIBRARY, LibraryForm, LibraryPhoto, LibraryProfile, sanitised, tenths},
    paging::{Paged, PagedMeta, Pagination, PerPage, SearchPage, Skip},
};
use crate::{body::limit, conditions::Conditions, problem::Problem};

/// How the clients of some routes speak.
pub trait Dialect: Send + Sync + 'static {
    /// Puts what was sent into the kit's form, such as a bare number in `If-Match`.
    fn request(&self, parts: &mut Parts) -> Result<(), Problem> {
        let _ = parts;
        Ok(())
    }

    /// Says what went wrong. The problem's own headers, such as `WWW-Authenticate`, are added.
    fn problem(&self, problem: &Problem) -> Response;

    /// Adds the headers that every answer has.
    fn headers(&self, headers: &mut HeaderMap) {
        let _ = headers;
    }

    /// Puts any other answer into the client's form.
    fn response(&self, response: Response) -> Response {
        response
    }

    /// Whether a path that ends with a slash is meant, too, by the one without it: who asks for that is sent on (307).
    fn sends_to_slash(&self) -> bool {
        false
    }

    /// Whether an answer to a GET without an `ETag` gets one of its content.
    fn tags_content(&self) -> bool {
        false
    }
}

/// Around a route's handler and its guard.
pub(crate) async fn translate(
    State(dialect): State<&'static dyn Dialect>,
    request: Request,
    next: Next,
) -> Response {
    let get = request.method() == Method::GET;
    let (mut parts, body) = request.into_parts();
    let response = match dialect.request(&mut parts) {
        Ok(()) => {
            if let Some(conditions) = parts.extensions.get::<Conditions>() {
                conditions.restate(&parts.method, &parts.headers);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    };
    let response = answer(dialect, response);
    if get && dialect.tags_content() { tagged(response).await } else { response }
}

/// Sends on to the same path with a slash at its end, with the same method and body.
pub(crate) async fn to_slash(uri: Uri) -> Response {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = HeaderValue::try_from(format!("{}/{query}", uri.path()));
    target.map_or_else(
        |_| Problem::internal().into_response(),
        |target| (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, target)]).into_response(),
    )
}

/// The answer in the client's form. A problem is found by what it left in the response.
pub(crate) fn answer(dialect: &dyn Dialect, mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() else {
        let mut response = dialect.response(response);
        dialect.headers(response.headers_mut());
        return response;
    };
    let mut translated = dialect.problem(&problem);
    for (name, value) in problem.headers() {
        translated.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    dialect.headers(translated.headers_mut());
    translated.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    translated
}

/// With a tag of its content, if it is small enough to be held.
async fn tagged(response: Response) -> Response {
    let known = response.body().size_hint().exact().and_then(|length| usize::try_from(length).ok());
    let small = known.is_some_and(|length| length <= limit());
    if response.status() != StatusCode::OK || response.headers().contains_key(header::ETAG) || !small {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, limit()).await else { return Problem::internal().into_response() };
    let digest = Sha256::digest(&bytes).iter().take(16).fold(String::from("\"0"), |mut tag, byte| {
        // Writing to a string can't fail.
        let _ = std::fmt::Write::write_fmt(&mut tag, format_args!("{byte:02x}"));
        tag
    });
    if let Ok(tag) = HeaderValue::from_str(&format!("{digest}\"")) {
        parts.headers.insert(header::ETAG, tag);
    }
    Response::from_parts(parts, Body::from(bytes))
}
