//! Lyceum with somebody signed in who keeps its library.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::bench::Bench;
use crate::bench::client::Client;
use crate::bench::load::Target;
use crate::bench::lyceum::Lyceum;

const EMAIL: &str = "librarian@example.org";
const PASSWORD: &str = "an engine of analysis";
/// For the first administrator, who is made on the tick of a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running Lyceum, and whose requests it gets.
pub(super) struct Librarian {
    lyceum: Lyceum,
    authorization: String,
}

impl Librarian {
    /// Starts Lyceum with data of this name, and signs in.
    pub(super) fn start(bench: &Bench, data: &str) -> anyhow::Result<Self> {
        let admin = [
            ("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", EMAIL.to_owned()),
            ("LYCEUM_VARIABLE_FIRST_ADMIN_PASSWORD", PASSWORD.to_owned()),
        ];
        let (program, manifest) = (&bench.programs.lyceum, &bench.manifests.application);
        let lyceum = Lyceum::start_on(program, manifest, &bench.data(data), &admin)?;
        let authorization = format!("authorization: Bearer {}", sign_in(&lyceum)?);
        Ok(Self { lyceum, authorization })
    }

    /// A request of this path; with a body it adds something.
    pub(super) fn target(&self, path: &str, body: Option<String>) -> Target {
        Target {
            url: self.lyceum.url(path),
            pids: vec![self.lyceum.pid()],
            headers: vec![self.authorization.clone()],
            body,
        }
    }
}

/// The token of the first administrator.
fn sign_in(lyceum: &Lyceum) -> anyhow::Result<String> {
    let (client, url) = (Client::new(), lyceum.url("/api/v1/auth/login"));
    let until = Instant::now() + PATIENCE;
    loop {
        match client.post(&url, &json!({ "email": EMAIL, "password": PASSWORD })) {
            Ok(session) => {
                let token = session.get("access_token").and_then(|token| token.as_str());
                return Ok(token.context("no access_token")?.to_owned());
            }
            Err(error) if Instant::now() > until => bail!("nobody can sign in: {error:#}"),
            Err(_) => std::thread::sleep(Duration::from_secs(1)),
        }
    }
}
