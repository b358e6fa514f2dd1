//! Single requests, for preparing and watching; load is `lyceum-load`'s work.

use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

/// A client with keep-alive.
#[derive(Clone)]
pub(super) struct Client(ureq::Agent);

impl Client {
    pub(super) fn new() -> Self {
        Self(ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into())
    }

    /// The body of a successful answer.
    pub(super) fn get(&self, url: &str, token: Option<&str>) -> anyhow::Result<String> {
        let mut request = self.0.get(url);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().with_context(|| format!("GET {url}"))?;
        response.body_mut().read_to_string().with_context(|| format!("GET {url}: the body"))
    }

    /// The JSON of a successful answer.
    pub(super) fn post(&self, url: &str, body: &Value) -> anyhow::Result<Value> {
        self.post_as(url, None, body)
    }

    /// The same of what somebody sends, with their header `authorization`.
    pub(super) fn post_as(
        &self,
        url: &str,
        authorization: Option<&str>,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let mut request = self.0.post(url);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let mut response = request.send_json(body).with_context(|| format!("POST {url}"))?;
        response.body_mut().read_json().with_context(|| format!("POST {url}: the body"))
    }

    /// The same of a file of comma-separated values.
    pub(super) fn post_csv(&self, url: &str, authorization: &str, file: &str) -> anyhow::Result<Value> {
        let request = self.0.post(url).header("authorization", authorization);
        let mut response =
            request.header("content-type", "text/csv").send(file).with_context(|| format!("POST {url}"))?;
        response.body_mut().read_json().with_context(|| format!("POST {url}: the body"))
    }

    /// Replaces what is at this address, in whatever state it is.
    pub(super) fn put(&self, url: &str, token: &str, body: &Value) -> anyhow::Result<()> {
        let request = self.0.put(url).header("authorization", format!("Bearer {token}"));
        let request = request.header("if-match", "*");
        request.send_json(body).map(drop).with_context(|| format!("PUT {url}"))
    }
}
