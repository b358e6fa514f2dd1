//! Answers that are remembered with an `Idempotency-Key`: a whole response as bytes, or the rows that it is made of.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::{block_on::block_on, log, problem::Problem, sql::Rows};

/// Makes an answer of what a transaction's statements returned, without the one that took a number. It is a plain
/// function since it makes the answer again, long after the request, when the request is repeated: it sees the rows
/// and nothing else.
pub type AnswerFromRows = fn(Vec<Rows>) -> Result<Response, Problem>;

/// Says that an answer is that of an earlier request.
const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The headers that belong to an answer; all others belong to one delivery of it.
const KEPT: [HeaderName; 5] =
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::CACHE_CONTROL, header::LINK];
/// The most that the database remembers.
const SIZE_LIMIT: usize = 64 * 1024;
/// Begins what is remembered in place of an answer that is made of rows: then come the number of statements and how
/// many of the first ones the kit added.
const FROM_ROWS: &str = "rows";

/// What a store remembers of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remembered {
    pub(crate) rows: Vec<Rows>,
    pub(crate) answer: Vec<u8>,
}

#[derive(Deserialize, Serialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

/// The same response, and its bytes: a line of JSON, then the body. An answer that is too large to be remembered is
/// refused, before anything is committed.
pub(crate) fn remember(response: Response) -> Result<(Response, Vec<u8>), Problem> {
    let (parts, body) = response.into_parts();
    let body = match block_on(axum::body::to_bytes(body, SIZE_LIMIT)) {
        Some(Ok(body)) => body,
        // The answer is made here: there is no connection that it could break off with.
        Some(Err(_)) => return Err(too_large()),
        None => {
            log::error("an answer waits for something that can't come");
            return Err(Problem::internal());
        }
    };
    let headers = KEPT
        .iter()
        .filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())))
        .collect();
    let head = Head { status: parts.status.as_u16(), headers };
    let mut answer = serde_json::to_vec(&head).map_err(|_| Problem::internal())?;
    answer.push(b'\n');
    answer.extend_from_slice(&body);
    if answer.len() > SIZE_LIMIT {
        return Err(too_large());
    }
    Ok((Response::from_parts(parts, Body::from(body)), answer))
}

fn too_large() -> Problem {
    let detail = "The answer would be larger than what is kept for an Idempotency-Key, 64 KiB. Nothing was done: ask \
                  for less at once, or send the request without a key.";
    Problem::unprocessable("ANSWER_TOO_LARGE", detail)
}

/// What is remembered for an answer that is made of rows.
pub(crate) fn of_rows(statements: usize, skipped: usize) -> Vec<u8> {
    format!("{FROM_ROWS} {statements} {skipped}").into_bytes()
}

/// The response that was remembered.
pub(crate) fn replay(remembered: Remembered, from_rows: Option<AnswerFromRows>) -> Result<Response, Problem> {
    let unreadable = || {
        log::error("a remembered answer can't be read");
        Problem::internal()
    };
    let Remembered { rows, answer } = remembered;
    let mut response = match (counts(&answer), from_rows) {
        (None, _) => decode(&answer).ok_or_else(unreadable)?,
        (Some((statements, _)), Some(_)) if rows.len() != statements => {
            let detail = "This was done before, but its answer was too large to be kept.";
            return Err(Problem::conflict("ANSWER_NOT_KEPT", detail));
        }
        (Some((_, skipped)), Some(from_rows)) => from_rows(rows.into_iter().skip(skipped).collect())?,
        (Some(_), None) => return Err(unreadable()),
    };
    response.headers_mut().insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    Ok(response)
}

fn counts(answer: &[u8]) -> Option<(usize, usize)> {
    let text = std::str::from_utf8(answer).ok()?.strip_prefix(FROM_ROWS)?;
    let (statements, skipped) = text.trim_start().split_once(' ')?;
    Some((statements.parse().ok()?, skipped.parse().ok()?))
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
    Some(response)
}

#[cfg(test)]
mod tests {
    use axum::{Json, response::IntoResponse};

    use super::*;
    use crate::sql::{RowError, SqlError, Value};

    fn body(response: Response) -> Vec<u8> {
        block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).unwrap().unwrap().to_vec()
    }

    fn whole(answer: Vec<u8>) -> Remembered {
        Remembered { rows: Vec::new(), answer }
    }

    #[test]
    fn a_remembered_answer_is_the_same_but_says_that_it_is_replayed() {
        let response = (StatusCode::CREATED, [(header::LOCATION, "/x\u{2d}1")], Json("a\nb")).into_response();
        let (first, answer) = remember(response).unwrap();
        let second = replay(whole(answer), None).unwrap();
        assert_eq!(first.status(), second.status());
        assert_eq!(second.headers()["location"], "/x-1");
        assert_eq!(second.headers()["content-type"], "application/json");
        assert_eq!(second.headers()["idempotency-replayed"], "true");
        assert_eq!(body(first), body(second));
    }

    #[test]
    fn what_is_not_an_answer_is_an_internal_problem() {
        for junk in ["junk", "", "rows", "rows 1 0"] {
            let problem = replay(whole(junk.into()), None).unwrap_err();
            assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR, "{junk}");
        }
    }

    #[test]
    fn an_answer_over_64_kib_with_its_head_is_refused_with_422() {
        let head = remember(Response::new(Body::empty())).unwrap().1.len();
        let of = |length: usize| remember(Response::new(Body::from(vec![b'x'; length])));
        assert_eq!(of(SIZE_LIMIT - head).unwrap().1.len(), SIZE_LIMIT);
        for length in [SIZE_LIMIT - head + 1, SIZE_LIMIT, SIZE_LIMIT + 1, 10 * SIZE_LIMIT] {
            let problem = of(length).unwrap_err();
            assert_eq!((problem.status().as_u16(), problem.code()), (422, "ANSWER_TOO_LARGE"), "{length}");
        }
    }

    fn number(rows: Vec<Rows>) -> Result<Response, Problem> {
        let rows = rows.into_iter().next().ok_or(SqlError::Row(RowError::Count(0)))?;
        let (number,): (i64,) = rows.one().map_err(SqlError::from)?;
        Ok((StatusCode::CREATED, number.to_string()).into_response())
    }

    fn row(value: i64) -> Rows {
        Rows { columns: vec!["number".into()], values: vec![vec![Value::Integer(value)]], affected: 1 }
    }

    #[test]
    fn an_answer_of_rows_is_made_again_of_the_remembered_rows() {
        let remembered = Remembered { rows: vec![row(1), row(17)], answer: of_rows(2, 1) };
        let response = replay(remembered, Some(number)).unwrap();
        assert_eq!(response.headers()["idempotency-replayed"], "true");
        assert_eq!((response.status(), body(response)), (StatusCode::CREATED, b"17".to_vec()));
    }

    #[test]
    fn rows_that_were_too_large_to_be_kept_are_a_conflict() {
        let forgotten = Remembered { rows: Vec::new(), answer: of_rows(2, 0) };
        let problem = replay(forgotten, Some(number)).unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (409, "ANSWER_NOT_KEPT"));
    }
}
