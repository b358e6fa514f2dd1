//! A host that is told to stop while nobody is there whom it could tell.

#![cfg(test)]

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use lyceum_end_to_end::poll::until;
use lyceum_private_lattice::Programs;
use lyceum_private_servers::{NatsServer, Program, Server};

/// How long a host may need to start on a busy machine.
const STARTING: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_host_ends_although_nats_is_gone() -> Result<()> {
    let log = ends_after("NATS killed", Server::kill9).await?;
    ensure!(log.contains("NATS does not answer"), "{log}");
    Ok(())
}

#[tokio::test]
async fn a_host_ends_although_nats_stands_still() -> Result<()> {
    ends_after("NATS frozen", Server::pause).await.map(drop)
}

/// Gives what the host said.
async fn ends_after(what: &str, harm: impl FnOnce(&NatsServer) -> Result<()>) -> Result<String> {
    let programs = Programs::from_environment()?;
    let nats = NatsServer::start()?;
    let address = format!("127.0.0.1:{}", nats.port());
    let host = Program::start("lattice-host", move || {
        let mut command = Command::new(&programs.lattice);
        command.arg("host").env("LYCEUM_LATTICE_NATS", &address);
        command
    })?;
    until("the host is part of the lattice", STARTING, || async {
        ensure!(!host.has_ended()?, "the host has ended:\n{}", host.log()?);
        Ok(host.log()?.contains("is part of the lattice").then_some(()))
    })
    .await?;
    harm(&nats)?;
    host.stop()?;
    let log = host.log()?;
    ensure!(log.ends_with("Stopped.\n"), "{what}:\n{log}");
    Ok(log)
}
