//! A component that misbehaves, or whose database is gone, costs only its own answers.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod databases;
mod ended_sessions;
mod hostile;
mod identity;
mod mail;
mod poison;

use anyhow::Result;
use lyceum_end_to_end::harness::{Backend, Lyceum, Manifest, Setup, workspace};

/// A deployment into which the hostile plug-in was plugged.
pub(crate) async fn with_hostile() -> Result<Lyceum> {
    let source = workspace().join("build/hostile.wasm");
    let block = r#"
        allowed_outbound_hosts = ["http://users.spin.internal"]
        [tool.lyceum]
        routes = [{ prefix = "/hostile" }]
        subscriptions = [{ kind = "lyceum.users.ProfileUpdated.v1", mode = "reaction", from = "beginning" }]
        limits = { memory = "32MiB", cpu = "1s", wall_clock = "5s", response_body = "1MiB", concurrency = 8 }
    "#;
    let manifest = Manifest::of_repository()?.with_component("hostile", &source, block)?;
    Lyceum::start(Setup::of(Backend::Sqlite)?.with_manifest(manifest.allowing("gateway", "hostile")?)).await
}

/// The text in the answer of the hostile plug-in.
pub(crate) async fn ask(person: &lyceum_end_to_end::client::Person, what: &str) -> Result<String> {
    let answer = person.get(&format!("/hostile/{what}")).await?.expect(200)?;
    Ok(String::from_utf8_lossy(&answer.body).into_owned())
}
