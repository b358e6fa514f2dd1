//! The commands of the program besides `up`.
#![forbid(unsafe_code)]

use std::process::{Command, Output, Stdio};

use anyhow::{Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup, program, workspace};
use lyceum_end_to_end::poll::{PATIENCE, until};

fn run(arguments: &[&str]) -> Result<Output> {
    Ok(Command::new(program()?).args(arguments).current_dir(workspace()).output()?)
}

#[test]
fn every_command_explains_itself() -> Result<()> {
    for command in [
        &["--help"][..],
        &["up", "--help"],
        &["check", "--help"],
        &["migrate", "--help"],
        &["events", "--help"],
        &["backup", "--help"],
        &["restore", "--help"],
    ] {
        let output = run(command)?;
        ensure!(output.status.success() && output.stdout.len() > 200, "{command:?}: {output:?}");
    }
    Ok(())
}

#[test]
fn check_says_every_mistake_at_once_with_its_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("spin.toml");
    let good = std::fs::read_to_string(workspace().join("spin.toml"))?;
    let sources = format!("source = \"{}/build/", workspace().display());
    let bad = good.replace("source = \"build/", &sources).replace("trust = \"own\"", "trust = \"blind\"");
    std::fs::write(&file, bad.replace("memory = \"64MiB\"", "memory = \"64 elephants\""))?;
    let data = folder.path().join("data").display().to_string();
    let output = run(&["check", "--manifest", &file.display().to_string(), "--data", &data])?;
    ensure!(!output.status.success(), "{output:?}");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let lines = said.lines().filter(|line| line.contains("spin.toml:")).count();
    ensure!(lines >= 6 && said.contains("blind") && said.contains("elephants"), "{said}");
    Ok(())
}

#[test]
fn a_closed_standard_output_is_no_error() -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut check = Command::new(program()?);
    check.args(["check", "--single-host", "--data"]).arg(data.path()).current_dir(workspace());
    let mut check = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(check.stdout.take());
    let output = check.wait_with_output()?;
    ensure!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_holds_nothing_up() -> Result<()> {
    let mut lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?.unread()).await?;
    // Each of them is logged.
    for _ in 0..5 {
        lyceum.client()?.get("/api/v1/health").await?.expect(200)?;
    }
    lyceum.terminate()
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_nothing_calls_end_and_new_ones_answer() -> Result<()> {
    let setup = Setup::of(Backend::Sqlite)?.with_variable("LYCEUM_IDLE_INSTANCES", "1");
    let lyceum = Lyceum::start(setup).await?;
    let client = lyceum.client()?;
    client.get("/api/v1/health").await?.expect(200)?;
    let operators = lyceum.operators()?;
    until("an idle instance of each service asked to end", PATIENCE, || async {
        let metrics = operators.get("/metrics").await?.expect(200)?;
        let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
        let ended = |component: &str| {
            let of = format!("{{component=\"{component}\",reason=\"idle\"}}");
            let line = metrics.lines().find(|line| line.contains("discarded_total") && line.contains(&of));
            line.is_some_and(|line| !line.ends_with(" 0"))
        };
        Ok(["gateway", "users", "auth"].into_iter().all(ended).then_some(()))
    })
    .await?;
    client.get("/api/v1/health").await?.expect(200)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn check_and_migrate_take_what_runs() -> Result<()> {
    for backend in Backend::ALL {
        let mut lyceum = Lyceum::start(Setup::of(backend)?).await?;
        lyceum.terminate()?;
        for command in ["check", "migrate"] {
            let output = lyceum.command(&[command, "--single-host"])?;
            ensure!(output.status.success(), "{backend}: {command}: {output:?}");
        }
        lyceum.restart(&[]).await?;
        lyceum.client()?.get("/api/v1/health").await?.expect(200)?;
    }
    Ok(())
}
