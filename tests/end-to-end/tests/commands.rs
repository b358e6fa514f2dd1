//! The commands of the program besides `up`.
#![forbid(unsafe_code)]

#[path = "commands/import.rs"]
mod import;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup, program, workspace};
use lyceum_end_to_end::poll::{PATIENCE, until};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

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
        &["import", "--help"],
        &["import", "library", "--help"],
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
fn check_warns_of_a_switch_that_is_open_and_a_closed_standard_output_is_no_error() -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut check = Command::new(program()?);
    check.args(["check", "--single-host", "--data"]).arg(data.path()).current_dir(workspace());
    check.env("LYCEUM_VARIABLE_LIBRARY_LIBRARIAN_REGISTRATION", "open");
    let mut check = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(check.stdout.take());
    let output = check.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = said.lines().filter(|line| !line.starts_with("compiling: ")).collect();
    let warning = "warning: LYCEUM_VARIABLE_LIBRARY_LIBRARIAN_REGISTRATION is open; close it as soon as nobody needs it";
    ensure!(output.status.success() && lines == [warning], "{output:?}");
    Ok(())
}

#[test]
fn compiled_components_are_kept_where_several_data_folders_share_them() -> Result<()> {
    let data = tempfile::tempdir()?;
    let shared = std::env::temp_dir().join("lyceum-test-compiled");
    let mut check = Command::new(program()?);
    check.args(["check", "--single-host", "--data"]).arg(data.path()).arg("--cache").arg(&shared);
    let output = check.current_dir(workspace()).output()?;
    ensure!(output.status.success() && shared.read_dir()?.next().is_some(), "{output:?}");
    ensure!(!data.path().join("cache").exists(), "the data folder has compiled components as well");
    Ok(())
}

#[test]
fn a_first_start_tells_that_it_compiles_and_ends_when_it_is_told_to() -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut up = Command::new(program()?);
    up.args(["up", "--single-host", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data"]);
    let mut up =
        up.arg(data.path()).current_dir(workspace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let lines = BufReader::new(up.stderr.take().context("its log")?).lines();
    let told = lines.map_while(Result::ok).find(|line| line.contains("compiling: "));
    kill(Pid::from_raw(i32::try_from(up.id())?), Signal::SIGTERM)?;
    let output = up.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(told.is_some_and(|line| line.contains(" components are ready")), "{output:?}");
    ensure!(output.status.success() && said.contains("Stopped before it was started."), "{output:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn components_see_the_time_that_the_clock_was_set_to() -> Result<()> {
    let setup = Setup::of(Backend::Sqlite)?.with_variable("LYCEUM_CLOCK", "2025-06-10T12:00:00Z");
    let lyceum = Lyceum::start(setup).await?;
    let client = lyceum.client()?;
    let person = client.newcomer("clock").await?;
    // Signed in by a token of that time, on behalf of whom the gateway calls other services.
    let me = person.get("/api/v1/users/me").await?.expect(200)?.json()?;
    let text = me.to_string();
    ensure!(text.contains("\"2025-06-10T12:"), "{text}");
    let event = lyceum.console().published()?.into_iter().next().context("an event")?;
    ensure!(event.to_string().contains("2025-06-10T12:"), "{event}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commands_do_to_events_is_told_to_machines_too() -> Result<()> {
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    lyceum.client()?.newcomer("rewound").await?;
    let console = lyceum.console();
    let said = console.say(&["events", "rewind", "users/projection", "--position", "1", "--json"])?;
    let object: Value = serde_json::from_str(&said)?;
    ensure!(object == json!({"consumer": "users/projection", "from_position": 1}), "{said}");
    let said = console.refusal(&["events", "rewind", "users/projection", "--position", "1000000"])?;
    ensure!(said.contains("no position 1000000"), "{said}");
    let said = console.say(&["events", "rebuild", "books", "--dry-run", "--json"])?;
    let object: Value = serde_json::from_str(&said)?;
    ensure!(object["service"] == "books" && object["tables"][0]["table"] == "genres_seen", "{said}");
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
