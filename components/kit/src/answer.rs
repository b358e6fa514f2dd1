//! A whole response as bytes, to be remembered with an `Idempotency-Key`.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::{block_on::block_on, log, problem::Problem};

/// Says that an answer is that of an earlier request.
const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The headers that belong to an answer; all others belong to one delivery of it.
const KEPT: [HeaderName; 5] =
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::CACHE_CONTROL, header::LINK];
/// The most that the database remembers.
const SIZE_LIMIT: usize = 64 * 1024;

#[derive(Deserialize, Serialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

/// The same response, and its bytes: a line of JSON, then the body.
pub(crate) fn remember(response: Response) -> Result<(Response, Vec<u8>), Problem> {
    let (parts, body) = response.into_parts();
    let body = block_on(axum::body::to_bytes(body, SIZE_LIMIT)).and_then(Result::ok).ok_or_else(|| {
        log::error("an answer is too large to be remembered");
        Problem::internal()
    })?;
    let headers = KEPT
        .iter()
        .filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())))
        .collect();
    let head = Head { status: parts.status.as_u16(), headers };
    let mut answer = serde_json::to_vec(&head).map_err(|_| Problem::internal())?;
    answer.push(b'\n');
    answer.extend_from_slice(&body);
    Ok((Response::from_parts(parts, Body::from(body)), answer))
}

/// The response that was remembered.
pub(crate) fn replay(answer: &[u8]) -> Result<Response, Problem> {
    decode(answer).ok_or_else(|| {
        log::error("a remembered answer can't be read");
        Problem::internal()
    })
}

fn decode(answer: &[u8]) -> Option<Response> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let (head, body) = answer.split_at_checked(end)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    let mut response = Response::new(Body::from(body.get(1..)?.to_vec()));
    *response.status_mut() = StatusCode::from_u16(head.status).ok()?;
    for (name, value) in head.headers {
        response.headers_mut().insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    response.headers_mut().insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use axum::{Json, response::IntoResponse};

    use super::*;

    #[test]
    fn a_remembered_answer_is_the_same_but_says_that_it_is_replayed() {
        let response = (StatusCode::CREATED, [(header::LOCATION, "/x\u{2d}1")], Json("a\nb")).into_response();
        let (first, answer) = remember(response).unwrap();
        let second = replay(&answer).unwrap();
        assert_eq!(first.status(), second.status());
        assert_eq!(second.headers()["location"], "/x-1");
        assert_eq!(second.headers()["content-type"], "application/json");
        assert_eq!(second.headers()["idempotency-replayed"], "true");
        let body = |response: Response| {
            block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).unwrap().unwrap()
        };
        assert_eq!(body(first), body(second));
    }

    #[test]
    fn what_is_not_an_answer_is_an_internal_problem() {
        assert_eq!(replay(b"junk").unwrap_err().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
