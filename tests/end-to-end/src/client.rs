//! A client of Lyceum's HTTP interface, as a person's program would be.

mod answer;
mod people;
pub mod raw;
pub mod streams;

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Method, RequestBuilder, redirect};
use serde_json::Value;

pub use answer::Answer;
pub use people::{Credentials, NewPerson, Person, Tokens};

/// No request may take longer: a test that hits this has found a hang.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Sends requests to one deployment. Cloning shares its connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// A client of the deployment at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: impl Into<String>) -> Result<Self> {
        // Other crates of the workspace have reqwest speak TLS with a provider that they choose.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .build()
            .context("build the HTTP client")?;
        let base: String = base.into();
        Ok(Self { http, base: base.trim_end_matches('/').to_owned() })
    }

    /// The deployment's address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request that may still be given headers and a body. `path` begins with a slash.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// GET without a token.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// POST of JSON without a token.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }
}
