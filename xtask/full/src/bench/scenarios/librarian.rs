//! Lyceum with somebody signed in who keeps its library: an administrator who is a librarian, too, as the older library's face
//! wants it.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bench::client::Client;
use crate::bench::load::Target;
use crate::bench::lyceum::Lyceum;
use xtask::process::output;

const EMAIL: &str = "librarian@example.org";
const PASSWORD: &str = "an engine of analysis";
/// For the first administrator, who is made on the tick of a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running Lyceum, and whose requests it gets.
pub(super) struct Librarian {
    lyceum: Lyceum,
    /// What they send as `authorization`.
    authorization: String,
    token: String,
    client: Client,
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
        let (client, token) = (Client::new(), sign_in(&lyceum)?);
        let account: Value =
            serde_json::from_str(&client.get(&lyceum.url("/api/v1/auth/me"), Some(&token))?)?;
        let id = account.get("user_id").and_then(Value::as_str).context("no user_id")?;
        let roles = json!({ "roles": ["admin", "librarian"] });
        client.put(&lyceum.url(&format!("/api/v1/auth/users/{id}/roles")), &token, &roles)?;
        // Whose roles change signs in again.
        let token = sign_in(&lyceum)?;
        Ok(Self { lyceum, authorization: format!("Bearer {token}"), token, client })
    }

    /// What is at this path.
    pub(super) fn get(&self, path: &str) -> anyhow::Result<Value> {
        let text = self.client.get(&self.lyceum.url(path), Some(&self.token))?;
        serde_json::from_str(&text).with_context(|| format!("GET {path}"))
    }

    /// Asks for this until it is answered well: what another service tells takes a moment.
    pub(super) fn until_answered(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.client.post_as(&self.lyceum.url(path), Some(&self.authorization), body) {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > until => return Err(error.context(path.to_owned())),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Takes these records over as those of the older library.
    pub(super) fn import(&self, bench: &Bench, records: &[Value]) -> anyhow::Result<()> {
        let file = bench.data("library.jsonl");
        let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
        std::fs::write(&file, lines.join("\n")).with_context(|| format!("can't write {}", file.display()))?;
        let mut command = Command::new(&bench.programs.lyceum);
        command.args(["import", "library", "--strict", "--server"]).arg(self.lyceum.url("")).arg(file);
        command.env("LYCEUM_IMPORT_USER", EMAIL).env("LYCEUM_IMPORT_PASSWORD", PASSWORD);
        output(&mut command).map(drop)
    }

    /// The address of this path.
    pub(super) fn url(&self, path: &str) -> String {
        self.lyceum.url(path)
    }

    /// What they send as `authorization`.
    pub(super) fn authorization(&self) -> &str {
        &self.authorization
    }

    /// A request of this path; with a body it adds something.
    pub(super) fn target(&self, path: &str, body: Option<String>) -> Target {
        Target {
            url: self.lyceum.url(path),
            pids: vec![self.lyceum.pid()],
            headers: vec![format!("authorization: {}", self.authorization)],
            body,
            ..Target::default()
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
