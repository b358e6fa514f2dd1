//! Lists, a page at a time.

use std::borrow::Cow;

use axum::{
    Json,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use http::{HeaderValue, Uri, header, request::Parts};
use serde::{Serialize, de::DeserializeOwned};

use crate::{json::holds_nul, problem::Problem, violation::Violation};

const DEFAULT_LIMIT: u32 = 50;
const MOST: u32 = 200;

/// Which page of a list is asked for: `?limit=` (1 to 200, 50 if not given) and
/// `?cursor=`, which the last page gave. An extractor.
#[derive(Clone, Debug)]
pub struct Page {
    limit: u32,
    cursor: Option<String>,
    uri: Uri,
}

/// A page of a list, as OpenAPI shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Listed<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Give it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl Page {
    /// How many rows to ask the database for: one more than the page holds, so
    /// that it is known whether there is a next page.
    pub fn rows_to_fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Where the last page ended; 400 when the cursor isn't one that was given.
    pub fn after<C: DeserializeOwned>(&self) -> Result<Option<C>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let json = BASE64.decode(cursor).ok().filter(|json| !holds_nul(json));
        let decoded = json.and_then(|json| serde_json::from_slice(&json).ok());
        decoded.map(Some).ok_or_else(wrong_cursor)
    }

    /// The page with `rows`, of which there may be one more than it holds;
    /// `position` says where a row stands in the list. Each row becomes an item.
    pub fn answer<R, C, T>(
        &self,
        mut rows: Vec<R>,
        position: impl FnOnce(&R) -> C,
        item: impl FnMut(R) -> T,
    ) -> Response
    where
        C: Serialize,
        T: Serialize,
    {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next_cursor =
            last.and_then(|row| serde_json::to_vec(&position(row)).ok()).map(|json| BASE64.encode(json));
        self.listed(rows.into_iter().map(item).collect(), next_cursor)
    }

    /// How many items the client wants at most.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// The cursor that the client gave, as it is.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The page with these items; the next one begins at the cursor.
    pub fn listed<T: Serialize>(&self, items: Vec<T>, next_cursor: Option<String>) -> Response {
        listed(Some(&self.uri), items, next_cursor)
    }
}

/// The answer to a request for a page: these items, and where the next one begins; with a link, if it was asked for by
/// its URI.
pub(crate) fn listed<T: Serialize>(
    uri: Option<&Uri>,
    items: Vec<T>,
    next_cursor: Option<String>,
) -> Response {
    let link = next_cursor.as_deref().and_then(|cursor| link(uri?, cursor));
    let mut response = Json(Listed { items, next_cursor }).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// RFC 8288, with the same parameters but for the cursor.
fn link(uri: &Uri, cursor: &str) -> Option<HeaderValue> {
    let query = uri.query().unwrap_or_default();
    let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
    let own = format!("cursor={cursor}");
    let query: Vec<&str> = others.chain([own.as_str()]).collect();
    HeaderValue::try_from(format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"))).ok()
}

pub(crate) const WRONG_CURSOR: &str = "Must be a next_cursor of this very list.";

pub(crate) fn wrong_cursor() -> Problem {
    wrong("cursor", WRONG_CURSOR)
}

pub(crate) fn wrong(parameter: &str, message: impl Into<Cow<'static, str>>) -> Problem {
    Problem::malformed(Violation::new("MALFORMED", message).at(format!("/query/{parameter}")))
}

impl<S: Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut page = Self { limit: DEFAULT_LIMIT, cursor: None, uri: parts.uri.clone() };
        let mut seen = (false, false);
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            // Of two different wishes none is obviously the right one.
            match &*name {
                "limit" if std::mem::replace(&mut seen.0, true) => {
                    return Err(wrong("limit", "Must be given once."));
                }
                "cursor" if std::mem::replace(&mut seen.1, true) => {
                    return Err(wrong("cursor", "Must be given once."));
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    page.limit = limit.ok_or_else(|| wrong("limit", "Must be a number from 1 to 200."))?;
                }
                "cursor" => page.cursor = Some(value.into_owned()),
                _ => {}
            }
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::block_on::block_on;

    fn page(uri: &str) -> Result<Page, Problem> {
        let mut parts = Request::builder().uri(uri).body(()).unwrap().into_parts().0;
        block_on(Page::from_request_parts(&mut parts, &())).unwrap()
    }

    fn body(response: Response) -> serde_json::Value {
        let bytes = block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).unwrap().unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn walking_by_cursor_sees_every_row_once() {
        let all: Vec<u32> = (0..5).collect();
        let mut seen = Vec::new();
        let mut uri = "/x?limit=2&q=a".to_owned();
        loop {
            let page = page(&uri).unwrap();
            let after = page.after::<u32>().unwrap();
            let rows = all.iter().copied().filter(|row| after.is_none_or(|after| *row > after));
            let rows = rows.take(usize::try_from(page.rows_to_fetch()).unwrap()).collect();
            let response = page.answer(rows, |row| *row, |row| row);
            let link = response.headers().get(header::LINK).map(|link| link.to_str().unwrap().to_owned());
            let body = body(response);
            seen.extend(body["items"].as_array().unwrap().iter().map(|item| item.as_u64().unwrap()));
            let Some(link) = link else {
                assert!(body["next_cursor"].is_null());
                break;
            };
            assert!(link.ends_with("; rel=\"next\"") && link.contains("q=a"));
            uri = link[1..link.find('>').unwrap()].to_owned();
        }
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn limits_and_cursors_that_make_no_sense_are_400() {
        for uri in ["/x?limit=1&limit=2", "/x?limit=0", "/x?limit=201", "/x?limit=-1", "/x?limit=all"] {
            assert_eq!(page(uri).unwrap_err().status(), 400, "{uri}");
        }
        for uri in ["/x?cursor=!", "/x?cursor=e30", "/x?cursor="] {
            assert_eq!(page(uri).unwrap().after::<u32>().unwrap_err().status(), 400, "{uri}");
        }
    }
}
