//! Somebody who is signed in for as long as a measurement takes.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;

use crate::bench::client::Client;

/// An access token is valid for fifteen minutes, and what is begun with it takes less than the rest.
const RENEWED_AFTER: Duration = Duration::from_mins(4);

/// Signs in again before the token ends.
pub(in crate::bench) struct Session {
    client: Client,
    /// Where one signs in.
    url: String,
    email: String,
    password: String,
    token: Mutex<(String, Instant)>,
}

impl Session {
    /// Signs in at this address.
    pub(in crate::bench) fn begin(base: &str, email: &str, password: &str) -> anyhow::Result<Self> {
        let (client, url) = (Client::new(), format!("{base}/api/v1/auth/login"));
        let token = sign_in(&client, &url, email, password)?;
        let token = Mutex::new((token, Instant::now()));
        Ok(Self { client, url, email: email.to_owned(), password: password.to_owned(), token })
    }

    /// The same person at another address.
    pub(in crate::bench) fn again(&self, base: &str) -> anyhow::Result<Self> {
        Self::begin(base, &self.email, &self.password)
    }

    /// A token that is valid for minutes.
    pub(in crate::bench) fn token(&self) -> anyhow::Result<String> {
        let mut held = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if held.1.elapsed() > RENEWED_AFTER {
            *held = (sign_in(&self.client, &self.url, &self.email, &self.password)?, Instant::now());
        }
        Ok(held.0.clone())
    }

    /// What is sent as `authorization`.
    pub(in crate::bench) fn authorization(&self) -> anyhow::Result<String> {
        Ok(format!("Bearer {}", self.token()?))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("email", &self.email).finish_non_exhaustive()
    }
}

fn sign_in(client: &Client, url: &str, email: &str, password: &str) -> anyhow::Result<String> {
    let session = client.post(url, &json!({ "email": email, "password": password }))?;
    let token = session.get("access_token").and_then(|token| token.as_str());
    Ok(token.context("no access_token")?.to_owned())
}
