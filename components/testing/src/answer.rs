//! What a service answered.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// An answer with its whole body.
#[derive(Clone)]
pub struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A problem document (RFC 9457) as the kit makes it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Problem {
    /// The status, again.
    pub status: u16,
    /// Which problem it is.
    pub error_code: String,
    /// For people.
    pub detail: String,
    /// What is wrong where: `pointer`, `code` and `message` each.
    #[serde(default)]
    pub details: Vec<Value>,
}

impl Problem {
    /// Where something is wrong, as JSON pointers.
    pub fn pointers(&self) -> Vec<&str> {
        self.details.iter().filter_map(|violation| violation["pointer"].as_str()).collect()
    }
}

impl Answer {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header's value; the first if there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of visible characters"))
    }

    /// The `ETag`; fails without one.
    pub fn tag(&self) -> &str {
        self.header("etag").unwrap_or_else(|| panic!("no ETag in {self:?}"))
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("a text in UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        self.read()
    }

    /// The body as JSON of this type.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The body as a problem document; fails if it is none.
    pub fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem: Problem = self.read();
        assert_eq!(problem.status, self.status(), "{self:?}");
        problem
    }

    /// Fails unless this is the status; with the whole answer, so that the reason is seen.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "{self:?}");
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {:?} {}", self.status, self.headers, String::from_utf8_lossy(&self.body))
    }
}
