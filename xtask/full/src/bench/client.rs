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
        let mut response = self.0.post(url).send_json(body).with_context(|| format!("POST {url}"))?;
        response.body_mut().read_json().with_context(|| format!("POST {url}: the body"))
    }
}
