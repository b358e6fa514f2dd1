//! What is told to a client whose request can't be read.

use http::StatusCode;
use lyceum_network::Problem;

/// So much of a path is told and logged, in characters.
const SHOWN: usize = 200;

/// The answer to a request that can't be read, and what is known of it all the same.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) problem: Problem,
    /// `-` when that can't be read.
    pub(crate) method: String,
    /// Without the query, and its beginning if it is long; `/` when that can't be read.
    pub(crate) path: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let problem = Problem::new(status, code, detail);
        Self { problem, method: "-".to_owned(), path: "/".to_owned() }
    }

    /// 400: it is no HTTP, or HTTP that two readers could understand in two ways.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MALFORMED_REQUEST", detail)
    }

    /// 408: the rest of it doesn't come.
    pub(crate) fn too_slow() -> Self {
        let detail = "The rest of the request's head did not come in time.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", detail)
    }

    /// With what could be read.
    pub(crate) fn of(self, method: Option<&str>, path: Option<&str>) -> Self {
        let path =
            path.and_then(|path| path.split('?').next()).filter(|path| !path.is_empty()).unwrap_or("/");
        let path = path.chars().take(SHOWN).collect();
        Self { method: method.unwrap_or("-").to_owned(), path, ..self }
    }

    /// A request in place of the one that can't be read, so that it is answered in its turn, and as the last one.
    pub(crate) fn stand_in(&self) -> String {
        let method = if self.method == "HEAD" { "HEAD" } else { "GET" };
        format!("{method} / HTTP/1.1\r\nhost: unreadable.invalid\r\nconnection: close\r\n\r\n")
    }
}
