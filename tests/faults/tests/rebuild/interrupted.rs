//! A rebuild that is killed, and two at once.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Output;

use anyhow::{Result, ensure};
use lyceum_end_to_end::harness::Setup;
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::NatsServer;

use crate::{DAMAGE, REBUILD, School, on_files, on_servers};

#[tokio::test(flavor = "multi_thread")]
async fn in_files_one_that_is_killed_changes_all_or_nothing() -> Result<()> {
    killed_and_two_at_once(on_files()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_servers_one_that_is_killed_changes_all_or_nothing() -> Result<()> {
    let nats = NatsServer::start()?;
    killed_and_two_at_once(on_servers(&nats)?).await
}

async fn killed_and_two_at_once(setup: Setup) -> Result<()> {
    let school = School::open(setup).await?;
    let rows = &school.rows;
    let right = rows.all().await?;
    for (place, is_done) in
        [("rebuild::before-hold", false), ("rebuild::before-commit", false), ("rebuild::after-commit", true)]
    {
        rows.execute(DAMAGE).await?;
        let damaged = rows.all().await?;
        let killed = started(&school, &[("LYCEUM_KILL_AT", &format!("{place}:1"))]).await?;
        ensure!(killed.status.signal() == Some(9), "{place}: {killed:?}");
        let wanted = if is_done { &right } else { &damaged };
        ensure!(rows.all().await? == *wanted, "{place}");
        ensure!(!rows.leftovers().await?.is_empty(), "{place}: it had no time to remove what it made");
        // The host has missed nothing, and the next one begins anew.
        school.people[2].get("/api/v1/roster/me").await?.expect(200)?;
        until("the killed one's connection is gone", PATIENCE, || async {
            let output = started(&school, &[]).await?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            ensure!(output.status.success() || said.contains("already"), "{place}: {said}");
            Ok(output.status.success().then_some(()))
        })
        .await?;
        ensure!(rows.all().await? == right, "{place}");
        ensure!(rows.leftovers().await?.is_empty(), "{place}");
    }

    let console = school.lyceum.console();
    let first = console.start(&REBUILD, &[("LYCEUM_SLOW_AT", "rebuild::before-hold:4000")])?;
    until("the first one is at it", PATIENCE, || async {
        Ok((!rows.leftovers().await?.is_empty()).then_some(()))
    })
    .await?;
    let said = school.refusal(&[]).await?;
    ensure!(said.contains("the read models of roster are being rebuilt already"), "{said}");
    let first = tokio::task::spawn_blocking(move || first.wait_with_output()).await??;
    ensure!(first.status.success(), "{first:?}");
    ensure!(rows.all().await? == right && rows.leftovers().await?.is_empty());
    Ok(())
}

async fn started(school: &School, more: &[(&str, &str)]) -> Result<Output> {
    let child = school.lyceum.console().start(&[&REBUILD[..], &["--remove-rows"]].concat(), more)?;
    Ok(tokio::task::spawn_blocking(move || child.wait_with_output()).await??)
}
