//! The configuration of NATS for a lattice, by the server itself.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lyceum_private_servers::{Authority, NatsServer};
use nkeys::KeyPair;
use serde_yaml_ng::Value;

use xtask::process::run;
use xtask::workspace::Workspace;

/// Before the name of a key, where the configuration gives a user.
const USER: &str = "nkey: $";

/// Each provider of the generated manifest has a user with a key and may be told of its links, and the server takes the
/// configuration with keys, a password and a certificate.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let file = workspace.root.join("deploy/nats/nats.conf");
    let text = fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
    for provider in providers(workspace)? {
        let key = format!("{USER}KEY_{},", provider.replace('-', "_").to_uppercase());
        let links = format!("\"wasmbus.rpc.default.{provider}.>\"");
        ensure!(text.contains(&key) && text.contains(&links), "{} has no {provider}", file.display());
    }
    let program = match NatsServer::program() {
        Ok(program) => program,
        Err(error) => {
            eprintln!("skipped: nats-server is missing and can't be installed: {error:#}");
            return Ok(());
        }
    };
    let folder = tempfile::tempdir().context("can't make a folder")?;
    let certificate = Authority::new()?.certify("localhost")?;
    let here = format!("{}/", folder.path().display());
    for (name, text) in [
        ("keys.conf", keys(&text)),
        ("events.conf", "EVENTS_PASSWORD: \"12-of-events\"\n".to_owned()),
        ("server.crt", certificate.pem),
        ("server.key", certificate.key),
        ("nats.conf", text.replace("/etc/nats/", &here)),
    ] {
        fs::write(folder.path().join(name), text)?;
    }
    run(Command::new(program).arg("-t").arg("-c").arg(folder.path().join("nats.conf")))
}

/// The ids of all providers on the lattice.
fn providers(workspace: &Workspace) -> Result<Vec<String>> {
    let manifest = fs::read_to_string(workspace.root.join("wadm/lyceum.yaml"))?;
    let manifest: Value = serde_yaml_ng::from_str(&manifest)?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let application = text(manifest.get("metadata").and_then(|it| it.get("name"))).context("a name")?;
    let parts = manifest.get("spec").and_then(|spec| spec.get("components")).and_then(Value::as_sequence);
    let parts = parts.context("no components")?.iter();
    let providers = parts.filter(|part| text(part.get("type")).as_deref() == Some("capability"));
    // wadm's ids are letters, digits and underscores, and the one hyphen.
    let id = |part: &Value| Some(format!("{application}-{}", text(part.get("name"))?.replace('-', "_")));
    providers.map(|part| id(part).context("a provider has no name")).collect()
}

/// A key for each that the configuration asks for.
fn keys(configuration: &str) -> String {
    let names = configuration.split(USER).skip(1).filter_map(|rest| rest.split(',').next());
    let names: BTreeSet<_> = names.collect();
    let lines: Vec<_> =
        names.into_iter().map(|name| format!("{name}: {}", KeyPair::new_user().public_key())).collect();
    lines.join("\n") + "\n"
}
