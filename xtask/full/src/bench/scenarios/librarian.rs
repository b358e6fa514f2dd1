//! Lyceum with somebody signed in who keeps its library: an administrator who is a librarian, too, as the older library's face
//! wants it.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::session::Session;
use crate::bench::Bench;
use crate::bench::client::Client;
use crate::bench::load::Target;
use crate::bench::lyceum::Lyceum;
use xtask::process::output;

const EMAIL: &str = "librarian@example.org";
const PASSWORD: &str = "an engine of analysis";
/// For the first administrator, who is made on the tick of a minute.
const PATIENCE: Duration = Duration::from_secs(90);
/// For all that follows from tens of thousands of requests.
const QUIET: Duration = Duration::from_mins(20);

/// A running Lyceum, and whose requests it gets.
pub(super) struct Librarian {
    lyceum: Lyceum,
    session: Arc<Session>,
    client: Client,
}

impl Librarian {
    /// Starts Lyceum with data of this name, and signs in.
    pub(super) fn start(bench: &Bench, data: &str) -> anyhow::Result<Self> {
        let lyceum = start(bench, data)?;
        let (client, session) = (Client::new(), sign_in(&lyceum)?);
        let token = session.token()?;
        let account: Value =
            serde_json::from_str(&client.get(&lyceum.url("/api/v1/auth/me"), Some(&token))?)?;
        let id = account.get("user_id").and_then(Value::as_str).context("no user_id")?;
        let roles = json!({ "roles": ["admin", "librarian"] });
        client.put(&lyceum.url(&format!("/api/v1/auth/users/{id}/roles")), &token, &roles)?;
        // Whose roles change signs in again.
        let session = Arc::new(sign_in(&lyceum)?);
        Ok(Self { lyceum, session, client })
    }

    /// Stops Lyceum, has something done to its data, such as filling its databases, and starts it again, at another address.
    pub(super) fn meanwhile(
        &mut self,
        bench: &Bench,
        data: &str,
        work: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.lyceum.end()?;
        work(&bench.data(data))?;
        self.lyceum = start(bench, data)?;
        self.session = Arc::new(sign_in(&self.lyceum)?);
        Ok(())
    }

    /// Waits until no event is left that a service has to handle.
    pub(super) fn quiet(&self) -> anyhow::Result<()> {
        let (until, mut before) = (Instant::now() + QUIET, None);
        loop {
            let metrics = self.lyceum.metrics()?;
            let delivered = metrics.count("lyceum_events_delivered_total", None);
            let is_quiet = metrics.count("lyceum_events_lag", None) == 0;
            // Twice the same: an event may be between an outbox and the bus, where nobody counts it.
            if is_quiet && before == Some(delivered) {
                return Ok(());
            }
            ensure!(Instant::now() < until, "events are left, {delivered} were delivered");
            before = is_quiet.then_some(delivered);
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// What is at this path.
    pub(super) fn get(&self, path: &str) -> anyhow::Result<Value> {
        let text = self.client.get(&self.lyceum.url(path), Some(&self.session.token()?))?;
        serde_json::from_str(&text).with_context(|| format!("GET {path}"))
    }

    /// Sends this there, and gives the answer.
    pub(super) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.client.post_as(&self.url(path), Some(&self.session.authorization()?), body)
    }

    /// Asks for this until it is answered well: what another service tells takes a moment.
    pub(super) fn until_answered(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.post(path, body) {
                Ok(answer) => return Ok(answer),
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

    /// They themselves.
    pub(super) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// The client for single requests.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// A request of this path; with a body it adds something.
    pub(super) fn target(&self, path: &str, body: Option<String>) -> Target {
        Target {
            url: self.lyceum.url(path),
            pids: vec![self.lyceum.pid()],
            session: Some(Arc::clone(&self.session)),
            body,
            ..Target::default()
        }
    }
}

fn start(bench: &Bench, data: &str) -> anyhow::Result<Lyceum> {
    let admin = [
        ("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", EMAIL.to_owned()),
        ("LYCEUM_VARIABLE_FIRST_ADMIN_PASSWORD", PASSWORD.to_owned()),
    ];
    Lyceum::start_on(&bench.programs.lyceum, &bench.manifests.application, &bench.data(data), &admin)
}

/// The first administrator, once there is one.
fn sign_in(lyceum: &Lyceum) -> anyhow::Result<Session> {
    let until = Instant::now() + PATIENCE;
    loop {
        match Session::begin(&lyceum.url(""), EMAIL, PASSWORD) {
            Ok(session) => return Ok(session),
            Err(error) if Instant::now() > until => bail!("nobody can sign in: {error:#}"),
            Err(_) => std::thread::sleep(Duration::from_secs(1)),
        }
    }
}
