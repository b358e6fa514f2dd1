//! NATS as `deploy/nats` has it: with TLS, and a key for each role.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lyceum_private_servers::{Authority, NatsServer};
use tempfile::TempDir;

use crate::Programs;

/// Of whoever reads and writes the event log.
const PASSWORD: &str = "12-where-events-are-kept";
/// Where the configuration has its files, and JetStream what it keeps.
const FOLDERS: [&str; 2] = ["/etc/nats/", "/var/lib/"];

/// Keys, certificates and the server's configuration; they go with this value.
#[derive(Debug)]
pub struct Secured {
    folder: TempDir,
}

/// Who speaks to NATS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Host,
    Wadm,
    Operator,
}

impl Secured {
    /// Makes them, as the head of `deploy/nats/nats.conf` tells operators to.
    ///
    /// # Errors
    /// If a program or the configuration is missing.
    pub fn prepare(programs: &Programs) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lyceum-keys-").tempdir()?;
        let file = programs.application.join("deploy/nats/nats.conf");
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let made =
            Command::new(&programs.lattice).arg("keys").arg(folder.path()).args(names(&text)).output()?;
        ensure!(made.status.success(), "make keys: {}", String::from_utf8_lossy(&made.stderr));
        let authority = Authority::new()?;
        let certificate = authority.certify("localhost")?;
        let here = format!("{}/", folder.path().display());
        for (name, text) in [
            ("nats.conf", FOLDERS.iter().fold(text, |text, folder| text.replace(folder, &here))),
            ("events.conf", format!("EVENTS_PASSWORD: \"{PASSWORD}\"\n")),
            ("authority.crt", authority.pem().to_owned()),
            ("server.crt", certificate.pem),
            ("server.key", certificate.key),
        ] {
            fs::write(folder.path().join(name), text)?;
        }
        Ok(Self { folder })
    }

    /// A server with that configuration.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn server(&self) -> Result<NatsServer> {
        NatsServer::start_with(&self.file("nats.conf"))
    }

    /// What tells a program of this role how to reach the server.
    pub(crate) fn environment(&self, role: Role, server: &NatsServer) -> Vec<(String, String)> {
        let url = server.url();
        let (key, more) = match role {
            Role::Operator => (
                "operator.nk",
                vec![("LYCEUM_EVENTS", url.replace("://", &format!("://lyceum:{PASSWORD}@")))],
            ),
            Role::Wadm => ("wadm.nk", Vec::new()),
            Role::Host => (
                "host.nk",
                vec![
                    ("LYCEUM_LATTICE_CALLS_KEY", self.text("calls.nk")),
                    ("LYCEUM_LATTICE_PROVIDER_KEYS", self.text("providers")),
                ],
            ),
        };
        let all = [
            ("LYCEUM_LATTICE_NATS", url),
            ("LYCEUM_LATTICE_KEY", self.text(key)),
            ("SSL_CERT_FILE", self.text("authority.crt")),
        ];
        all.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// A file of this name: `authority.crt`, `host.nk`, `providers/lyceum-sql.nk` and the like.
    pub fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What nobody may ever read in a log: every key's secret half, and the password.
    ///
    /// # Errors
    /// If a key can't be read.
    pub fn secrets(&self) -> Result<Vec<String>> {
        let mut secrets = vec![PASSWORD.to_owned()];
        for folder in [self.folder.path().to_owned(), self.file("providers")] {
            for entry in fs::read_dir(folder)? {
                let file = entry?.path();
                if file.extension().is_some_and(|ending| ending == "nk") {
                    secrets.push(fs::read_to_string(file)?.trim().to_owned());
                }
            }
        }
        Ok(secrets)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).to_string_lossy().into_owned()
    }
}

/// Whose keys the configuration asks for: those of providers, which it also calls by their ids, and of whoever else there is.
fn names(configuration: &str) -> BTreeSet<String> {
    let after = |start: &'static str, end: char| {
        configuration.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
    };
    let providers: BTreeSet<_> = after("\"_INBOX.default.", '.').collect();
    let variable = |id: &str| id.replace('-', "_").to_uppercase();
    let variables: BTreeSet<_> = providers.iter().map(|id| variable(id)).collect();
    let others = after("nkey: $KEY_", ',').filter(|key| !variables.contains(*key)).map(str::to_lowercase);
    others.chain(providers.iter().map(|id| format!("providers/{id}"))).collect()
}
