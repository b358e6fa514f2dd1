//! Whether the description of the API says what is answered: schemathesis asks every operation of it.
#![forbid(unsafe_code)]

use std::process::Command;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::tier::Tier;
use lyceum_private_servers::python_package;

const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// What is held against the description, and that nothing a client sends is a fault of the server.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
/// Ends the caller's own sessions or account, or is a stream, whose events no description has a word for.
const LEFT_OUT: &str = "/(logout|password|sessions)|/users/|/stream$";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_as_it_is_described_whatever_is_sent() -> Result<()> {
    let package = tokio::task::spawn_blocking(|| python_package(SCHEMATHESIS));
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let client = lyceum.client()?;
    let admin = client.sign_in(&lyceum.admin()).await?;
    let (phases, examples) = match Tier::current() {
        Tier::Soak => ("examples,coverage,fuzzing", "200"),
        Tier::Fast | Tier::Full => ("examples,fuzzing", "5"),
    };
    let package = package.await??;
    // It leaves notes of its own where it runs.
    let folder = tempfile::tempdir()?;
    let mut run = Command::new("python3");
    run.current_dir(folder.path());
    run.env("PYTHONPATH", &package).arg(package.join("bin/schemathesis"));
    run.args(["run", "--no-color", "--generation-deterministic", "--checks", CHECKS]);
    run.args(["--phases", phases, "--max-examples", examples, "--exclude-path-regex", LEFT_OUT]);
    run.arg("--header").arg(format!("Authorization: Bearer {}", admin.tokens.access));
    run.arg(format!("{}/openapi.json", client.base()));
    let output = tokio::task::spawn_blocking(move || run.output()).await?.context("run schemathesis")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}
