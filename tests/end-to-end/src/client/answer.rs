//! An answer that was read to its end.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

/// Status, headers and the whole body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Sends a request and reads its answer.
    pub async fn to(request: RequestBuilder) -> Result<Self> {
        let response = request.send().await.context("send a request")?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.context("read an answer's body")?;
        Ok(Self { status, headers, body })
    }

    /// A header's text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("an answer with JSON, not {self}"))
    }

    /// The same answer, provided that it has this status.
    pub fn expect(self, status: u16) -> Result<Self> {
        ensure!(self.status.as_u16() == status, "expected {status}, but the answer was {self}");
        Ok(self)
    }

    /// The body, provided that this is a well-formed problem of that status.
    pub fn expect_problem(&self, status: u16) -> Result<Value> {
        ensure!(self.status.as_u16() == status, "expected a problem {status}, but the answer was {self}");
        self.problem()
    }

    /// The body, provided that this is a problem with every member that the API promises.
    pub fn problem(&self) -> Result<Value> {
        let kind = self.header("content-type").unwrap_or_default();
        ensure!(kind.starts_with("application/problem+json"), "a problem has its own type: {self}");
        let problem = self.json()?;
        let texts = ["type", "title", "detail", "instance", "error_code", "error_message", "correlation_id"];
        for member in texts.iter().chain(&["timestamp", "service_name"]) {
            let text = problem.get(*member).and_then(Value::as_str).unwrap_or_default();
            ensure!(!text.is_empty(), "a problem has the member {member}: {self}");
        }
        let status = problem.get("status").and_then(Value::as_u64);
        ensure!(status == Some(u64::from(self.status.as_u16())), "a problem repeats its status: {self}");
        let echoed = self.header("x-correlation-id");
        ensure!(
            problem.get("correlation_id").and_then(Value::as_str) == echoed,
            "one correlation id: {self}"
        );
        Ok(problem)
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(2_000).collect();
        write!(formatter, "{} {:?} {shown}", self.status, self.headers)
    }
}
