//! Somebody to sign in as, and many to register.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::bench::client::Client;
use crate::bench::load::Target;

const PASSWORD: &str = "an engine of analysis";
/// For a profile to follow its account.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody with an account, a token and a profile.
pub(in crate::bench) struct Person {
    pub(in crate::bench) token: String,
    /// What `GET /api/v1/users/me` answers.
    pub(in crate::bench) profile: String,
}

impl Person {
    /// Registers and signs in at this address, and waits for the profile.
    pub(in crate::bench) fn register(base: &str) -> anyhow::Result<Self> {
        let client = Client::new();
        let email = "ada@example.org";
        let account = json!({ "email": email, "password": PASSWORD, "display_name": "Ada Lovelace",
            "first_name": "Ada", "last_name": "Lovelace" });
        client.post(&format!("{base}/api/v1/auth/register"), &account)?;
        let session = json!({ "email": email, "password": PASSWORD });
        let session = client.post(&format!("{base}/api/v1/auth/login"), &session)?;
        let token = session.get("access_token").and_then(|token| token.as_str());
        let token = token.context("no access_token")?.to_owned();
        let until = Instant::now() + PATIENCE;
        loop {
            match client.get(&format!("{base}/api/v1/users/me"), Some(&token)) {
                Ok(profile) => return Ok(Self { token, profile }),
                Err(error) if Instant::now() > until => bail!("the profile did not come: {error:#}"),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// Registers somebody new with each request.
pub(in crate::bench) fn registrations(url: String, pids: Vec<u32>) -> Target {
    let body = json!({ "email": "{unique}@example.org", "password": PASSWORD, "display_name": "Somebody" });
    let headers = vec!["idempotency-key: {unique}".to_owned()];
    Target { url, pids, headers, body: Some(body.to_string()), ..Target::default() }
}
