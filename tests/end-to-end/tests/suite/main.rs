//! The suite: what a person or a program may rely on, held against running deployments.
//!
//! Without further settings it starts deployments of its own: on SQLite, on PostgreSQL, with a fresh instance for
//! every request, with a single instance for all requests, on every server, and on a lattice. With `LYCEUM_TEST_BASE_URL`,
//! `LYCEUM_TEST_ADMIN_EMAIL` and `LYCEUM_TEST_ADMIN_PASSWORD` it runs against that deployment instead, without the
//! scenarios that look into the data folder or make tokens of their own.
//!
//! A service has a folder: its scenarios by module, and `access.toml`, which says who may call its routes. All scenarios
//! run on SQLite and on real servers; those that a deployment might break run everywhere.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod afterwards;
mod auth;
mod authors;
mod books;
mod config;
mod courses;
mod deployments;
mod enrollments;
mod files;
mod gateway;
mod genres;
mod lendings;
mod notifications;
mod platform;
mod progress;
mod readers;
mod scenario;
mod students;
mod subjects;
mod users;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, ensure};
use deployments::{Deployments, Kind};
use libtest_mimic::{Arguments, Trial};
use lyceum_end_to_end::harness::Manifest;
use platform::access;
use scenario::Scenario;

/// Most of a scenario is waiting for the deployment, so there may be more of them than cores.
const AT_ONCE: usize = 6;

/// What a folder's module lists.
type Scenarios = fn() -> Vec<Scenario>;

/// The scenarios of each service, by its name in the manifest, and those that hold of all services alike.
const FOLDERS: &[(&str, Scenarios)] = &[
    ("auth", auth::scenarios),
    ("users", users::scenarios),
    ("notifications", notifications::scenarios),
    ("files", files::scenarios),
    ("gateway", gateway::scenarios),
    ("genres", genres::scenarios),
    ("authors", authors::scenarios),
    ("books", books::scenarios),
    ("readers", readers::scenarios),
    ("lendings", lendings::scenarios),
    ("students", students::scenarios),
    ("courses", courses::scenarios),
    ("enrollments", enrollments::scenarios),
    ("progress", progress::scenarios),
    ("config", config::scenarios),
    ("subjects", subjects::scenarios),
    ("platform", platform::scenarios),
];

/// A service that is plugged in and tried by nobody is found here.
fn every_service_has_scenarios() -> Result<()> {
    let mut manifest = Manifest::of_repository()?;
    for service in manifest.with_routes()? {
        let known = FOLDERS.iter().any(|(name, scenarios)| *name == service && !scenarios().is_empty());
        ensure!(known, "{service} has routes, and no scenarios in tests/end-to-end/tests/suite/{service}");
        ensure!(access::file(&service).is_file(), "{service} has no access.toml beside its scenarios");
    }
    Ok(())
}

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let runtime = Arc::new(tokio::runtime::Builder::new_multi_thread().enable_all().build()?);
    let deployments = Arc::new(Deployments::chosen());
    let mut trials = vec![Trial::test("every_service_of_the_manifest_has_scenarios", || {
        every_service_has_scenarios().map_err(|error| format!("{error:#}").into())
    })];
    for kind in deployments.kinds() {
        for scenario in FOLDERS.iter().flat_map(|(_, scenarios)| scenarios()) {
            if !scenario.everywhere && !deployments.in_full(kind) {
                continue;
            }
            let (runtime, deployments) = (Arc::clone(&runtime), Arc::clone(&deployments));
            trials.push(Trial::test(format!("{kind}::{}", scenario.name), move || {
                let run = async { (scenario.run)(deployments.target(kind).await?).await };
                runtime.block_on(run).map_err(|error| format!("{error:#}").into())
            }));
        }
    }
    let during = libtest_mimic::run(&arguments, trials);
    // Only the inside of a deployment of ours can be looked into.
    let given = deployments.kinds().contains(&Kind::Given);
    let after = if given { Vec::new() } else { afterwards::trials(&runtime, &deployments) };
    let after = libtest_mimic::run(&arguments, after);
    let good = !during.has_failed() && !after.has_failed();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(101) })
}
