//! NATS with TLS and a key for each role, as `deploy/nats` has it: everything works with it, and each role can do no more than
//! it has to.
//!
//! **What the boundary is.** A component is code that nobody trusts, and has no way to NATS: its host calls for it, under its id,
//! and only what it is linked to. A provider is a process of its own with a key that lets it hear its own calls and nothing
//! else; it believes who calls it, since only hosts can. A host is trusted: whoever holds the key of its calls speaks as any
//! component, as one of these tests does, and whoever holds its other key reads every configuration, secrets included.

#![cfg(test)]

mod role;
mod wrpc;

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Client, NewPerson, Person};
use lyceum_end_to_end::poll::until;
use lyceum_private_lattice::{Lattice, Options, Programs, SECRET, Secured};
use lyceum_private_servers::{Authority, S3Server};
use serde_yaml_ng::Value;

use role::Role;
use wrpc::call;

/// How long a lattice that has just started, or is told something else, may need on a busy machine.
const SETTLING: Duration = Duration::from_mins(2);
/// So that nothing is kept back that an operator who looks for a mistake would have logged.
const LOGS: &str = "debug,cranelift_codegen=info,wasmtime=info,regalloc2=info";

#[tokio::test(flavor = "multi_thread")]
async fn each_role_can_do_what_it_has_to_and_no_more() -> Result<()> {
    let environment = [("RUST_LOG", LOGS), ("LYCEUM_LOG_FORMAT", "json")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let environment = environment.to_vec();
    let options = Options { secured: true, environment, ..Options::default() };
    let lattice = Lattice::start(&options)?;
    let secured = lattice.secured().context("keys")?;
    let url = lattice.servers().nats.url();

    let person = serves(&lattice).await?;
    let figures = lattice.run(&["metrics"])?;
    ensure!(figures.contains("process=\"lyceum-sql\""), "the figures of providers are missing:\n{figures}");
    ensure_nothing_refused(&lattice)?;
    println!("A lattice on NATS with TLS and keys serves; the server refused nothing.");

    strangers_stay_outside(&lattice, secured)?;
    components_reach_what_they_are_linked_to(&lattice, secured, &url, &person).await?;
    logs_tell_no_secret(&lattice, secured)?;
    providers_log_as_their_host_does(&lattice)
}

/// Requests, calls between components, rows, values, events and mail.
async fn serves(lattice: &Lattice) -> Result<Person> {
    let mut last = None;
    for host in lattice.hosts() {
        let client = Client::new(format!("http://{}", host.address))?;
        let person = client.sign_in(&registered(&client).await?.credentials).await?;
        until("users and notifications heard of the new account", SETTLING, || async {
            let profile = person.get("/api/v1/users/me/profile").await?;
            let inbox = person.get("/api/v1/notifications").await?;
            Ok((profile.status == 200 && inbox.to_string().contains("welcome")).then_some(()))
        })
        .await?;
        last = Some(person);
    }
    last.context("a host")
}

async fn registered(client: &Client) -> Result<NewPerson> {
    let person = NewPerson::named("Keyholder");
    client.register(&person).await?.expect(201)?;
    Ok(person)
}

fn ensure_nothing_refused(lattice: &Lattice) -> Result<()> {
    let log = lattice.servers().nats.log()?;
    let refused: Vec<_> = log.lines().filter(|line| line.contains("Violation")).collect();
    ensure!(refused.is_empty(), "NATS refused what somebody needs:\n{}", refused.join("\n"));
    Ok(())
}

/// Nobody gets in without a key that the server knows, and nobody speaks to a server that they have no reason to trust.
fn strangers_stay_outside(lattice: &Lattice, secured: &Secured) -> Result<()> {
    let other = Authority::new()?;
    let file = secured.file("other.crt");
    fs::write(&file, other.pem())?;
    for (what, subcommand) in [("an operator", "status"), ("wadm", "wadm"), ("a host", "host")] {
        let keyless = lattice
            .command()
            .args([subcommand])
            .env_remove("LYCEUM_LATTICE_KEY")
            .env_remove("LYCEUM_LATTICE_CALLS_KEY")
            .output()?;
        let said = String::from_utf8_lossy(&keyless.stderr).into_owned();
        ensure!(!keyless.status.success() && said.contains("authorization"), "{what} without a key: {said}");

        let mut distrusting = lattice.command();
        distrusting.args([subcommand]).env("SSL_CERT_FILE", &file);
        if subcommand == "host" {
            distrusting.env("LYCEUM_LATTICE_CALLS_KEY", secured.file("calls.nk"));
        }
        let distrusting = distrusting.output()?;
        let said = String::from_utf8_lossy(&distrusting.stderr).into_owned();
        ensure!(!distrusting.status.success(), "{what} trusted another authority");
        ensure!(said.contains("certificate") || said.contains("TLS"), "{what}, other authority: {said}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_keeps_roles_apart() -> Result<()> {
    let secured = Secured::prepare(&Programs::from_environment()?)?;
    let server = secured.server()?;
    let url = server.url();
    let unknown = Role::connect(&secured, &url, None).await;
    ensure!(unknown.is_err_and(|error| format!("{error:#}").contains("authorization")), "without a key");

    let configurations = "$JS.API.DIRECT.GET.KV_CONFIGDATA_default.$KV.CONFIGDATA_default.lyceum-mesh";
    let (hosts, applications) = ("wasmbus.ctl.v1.default.host.ping", "wadm.api.default.model.list");
    let sql = "default.lyceum-sql.wrpc.0.0.1.lyceum:data/sql@0.1.0.query";
    let http = "default.lyceum-users.wrpc.0.0.1.wrpc:http/incoming-handler@0.1.0.handle";
    let event = "default.lyceum-users.wrpc.0.0.1.wasmcloud:messaging/handler@0.2.0.handle-message";
    let told = "wasmbus.rpc.default.lyceum-mesh.X.linkdefs.put";
    let expected = [
        // (who, what they may say, what they may not say, what they may not hear)
        (
            "providers/lyceum-sql",
            vec![],
            vec![configurations, hosts, applications, sql, http, event, told],
            vec![">", "default.>", "_INBOX.>", "wasmbus.>", "wasmbus.rpc.default.*.*.linkdefs.put", "$KV.>"],
        ),
        (
            "providers/lyceum-mesh",
            vec![http],
            vec![configurations, hosts, applications, sql, event],
            vec![sql],
        ),
        ("providers/lyceum-events", vec![event], vec![configurations, hosts, sql, http], vec!["default.>"]),
        ("providers/lyceum-http_a", vec![http], vec![configurations, hosts, sql, event], vec!["default.>"]),
        (
            "calls",
            vec![sql, http, event, told],
            vec![configurations, hosts, applications],
            vec!["wadm.>", "wasmbus.>", "_INBOX.default.>"],
        ),
        (
            "host",
            vec![configurations],
            vec![hosts, applications, sql, http, event, told],
            vec![">", "wadm.>", "_INBOX.>", "_INBOX.operator.>", "default.>"],
        ),
        ("wadm", vec![hosts], vec![sql, http, event, told], vec!["default.>", "wasmbus.rpc.>", "_INBOX.>"]),
        (
            "operator",
            vec![hosts, applications],
            vec![configurations, sql, http, event, told, "wasmbus.evt.default.host_stopped"],
            vec![">", "default.>", "_INBOX.>", "wadm.api.>"],
        ),
    ];
    for (name, said, unsaid, unheard) in expected {
        let role = Role::connect(&secured, &url, Some(name)).await?;
        for subject in said {
            ensure!(role.may_say(subject).await?, "{name} may not say {subject}");
        }
        for subject in unsaid {
            ensure!(!role.may_say(subject).await?, "{name} may say {subject}");
        }
        for subject in unheard {
            ensure!(!role.may_hear(subject).await?, "{name} may hear {subject}");
        }
    }
    Ok(())
}

/// A link is what makes the difference, also for who speaks with the key of a host's calls.
async fn components_reach_what_they_are_linked_to(
    lattice: &Lattice,
    secured: &Secured,
    url: &str,
    person: &Person,
) -> Result<()> {
    let calls = Role::connect(secured, url, Some("calls")).await?;
    // `auth` has a link to sql: with this key anybody is `auth`. This is the boundary.
    let rows = call(&calls, "lyceum-sql", "lyceum-auth", "SELECT email FROM accounts").await?;
    ensure!(rows.first() == Some(&0), "a host's call: {}", rows.escape_ascii());
    for stranger in ["lyceum-passwords", "lyceum-sql", "somebody"] {
        let refused = call(&calls, "lyceum-sql", stranger, "SELECT email FROM accounts").await?;
        ensure!(refused.first() == Some(&1), "{stranger} reached sql: {}", refused.escape_ascii());
        ensure!(refused.escape_ascii().to_string().contains("no link"), "{}", refused.escape_ascii());
    }

    // `users` is deployed anew without its link, and nothing else changes.
    let path = lattice.programs().application.join("wadm/lyceum.yaml");
    let manifest = without_link(&fs::read_to_string(path)?, "users", "sql")?;
    let file = secured.file("without-link.yaml");
    fs::write(&file, manifest)?;
    lattice.run(&["deploy", &file.to_string_lossy(), "--images", &lattice.images()])?;
    until("users reaches sql no more", SETTLING, || async {
        Ok((person.get("/api/v1/users/me/profile").await?.status.is_server_error()).then_some(()))
    })
    .await?;
    let mut logs = String::new();
    for host in lattice.hosts() {
        logs += &host.program.log()?;
    }
    let reasons = ["component is not linked to a lattice target", "no links with link name found"];
    let mut lines = logs.lines().filter(|line| line.contains("lyceum-users"));
    ensure!(
        lines.any(|line| reasons.iter().any(|reason| line.contains(reason))),
        "no host says why users failed"
    );
    person.get("/api/v1/auth/me").await?.expect(200)?;
    let refused = call(&calls, "lyceum-sql", "lyceum-users", "SELECT 1").await?;
    ensure!(refused.escape_ascii().to_string().contains("no link"), "{}", refused.escape_ascii());
    println!("A component whose link was taken away reaches sql no more, not even in its name.");
    Ok(())
}

/// The manifest without one component's link to one target.
fn without_link(manifest: &str, component: &str, target: &str) -> Result<String> {
    let mut manifest: Value = serde_yaml_ng::from_str(manifest)?;
    manifest["metadata"]["annotations"]["version"] = "0.1.0-without-link".into();
    let parts = manifest["spec"]["components"].as_sequence_mut().context("components")?;
    let part = parts.iter_mut().find(|part| part["name"] == component).context("the component")?;
    let traits = part["traits"].as_sequence_mut().context("traits")?;
    let before = traits.len();
    traits.retain(|it| it["type"] != "link" || it["properties"]["target"]["name"] != target);
    ensure!(traits.len() == before - 1, "{component} has no link to {target}");
    Ok(serde_yaml_ng::to_string(&manifest)?)
}

/// Nothing secret is in the logs of hosts with their providers, of wadm and of NATS, nor in what commands print.
fn logs_tell_no_secret(lattice: &Lattice, secured: &Secured) -> Result<()> {
    let mut told = vec![
        ("wadm's log".to_owned(), lattice.wadm().log()?),
        ("the log of NATS".to_owned(), lattice.servers().nats.log()?),
        ("status".to_owned(), lattice.run(&["status"])?),
        ("status --json".to_owned(), lattice.run(&["status", "--json"])?),
    ];
    for host in lattice.hosts() {
        told.push((format!("the log of host {}", host.name), host.program.log()?));
    }
    let mut secrets = secured.secrets()?;
    secrets.extend([SECRET, S3Server::SECRET, lyceum_private_lattice::ADMIN.1].map(str::to_owned));
    for (place, text) in told {
        ensure!(!text.is_empty(), "{place} is empty");
        for secret in &secrets {
            let found = text.lines().find(|line| line.contains(secret.as_str()));
            ensure!(found.is_none(), "{place} tells a secret: {}", found.unwrap_or_default());
        }
    }
    Ok(())
}

/// One JSON object an entry, beside the sentence that a host greets with.
fn providers_log_as_their_host_does(lattice: &Lattice) -> Result<()> {
    for host in lattice.hosts() {
        let log = host.program.log()?;
        // The last one may not be written to its end.
        let (written, _) = log.rsplit_once('\n').context("a line")?;
        let (entries, others): (Vec<_>, Vec<_>) = written.lines().partition(|line| line.starts_with('{'));
        ensure!(others.iter().all(|line| line.starts_with("Host ")), "no entries: {others:?}");
        let targets = entries
            .iter()
            .map(|entry| serde_json::from_str::<Entry>(entry).with_context(|| format!("read {entry}")))
            .collect::<Result<Vec<_>>>()?;
        for program in ["wasmcloud_host", "lyceum_provider"] {
            let some = targets.iter().any(|entry| entry.target.starts_with(program));
            ensure!(some, "{program} has logged nothing on host {}", host.name);
        }
    }
    Ok(())
}

#[derive(serde::Deserialize)]
struct Entry {
    target: String,
}
