//! `cargo xtask test`: builds everything and runs the tests.

mod count;
mod lanes;
mod times;

use std::iter;
use std::process::ExitCode;

use clap::ValueEnum;
use lyceum_private_lattice::Programs;

use crate::lattice::{self, Lattice};
use count::Count;
use times::Times;
use xtask::With;
use xtask::components;
use xtask::process::{cargo, run as run_command, step};
use xtask::workspace::Workspace;

/// Failpoints let the tests kill the host at chosen places.
const FAILPOINTS: &str = "lyceum/failpoints";
/// Put a lattice under load and take something from it.
pub(crate) const PROOFS: &str = "lyceum-lattice-tests/proofs";

/// What only benchmarks run: there is nothing in these packages to test, and minutes to build.
const ONLY_MEASURED: [&str; 5] = [
    "lyceum-bench-calls",
    "lyceum-bench-hello",
    "lyceum-bench-hello-inside",
    "lyceum-bench-instant-passwords",
    "lyceum-native-baseline",
];

/// What follows `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How thorough to be.
    #[arg(long, value_enum, default_value_t = Tier::Full)]
    tier: Tier,
    /// Only the end-to-end suite, on deployments of this kind. Without it everything is run, on all kinds.
    #[arg(long, value_enum)]
    with: Option<With>,
    /// Only the test programs of this name, such as `enrollments`, without what needs a lattice
    #[arg(long, value_name = "NAME", conflicts_with = "with")]
    only: Option<String>,
    /// Rounds of what is killed step by step, in the tier `soak`, instead of 200
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
    /// Only tests whose names contain this.
    filter: Option<String>,
}

/// How thorough the tests are; they read it from `LYCEUM_TEST_TIER`.
#[derive(Clone, Copy, ValueEnum)]
enum Tier {
    /// Under ten minutes once everything is built.
    Fast,
    /// Everything, with few rounds of each fault.
    Full,
    /// Many rounds of each fault, and a lattice that loses hosts, providers and NATS under load; takes hours.
    Soak,
}

impl Tier {
    /// What is compiled in for it.
    fn features(self) -> &'static [&'static str] {
        if matches!(self, Self::Soak) { &[FAILPOINTS, PROOFS] } else { &[FAILPOINTS] }
    }

    /// That, as cargo is told it.
    fn arguments(self) -> [String; 2] {
        ["--features".to_owned(), self.features().join(",")]
    }

    fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Full => "full",
            Self::Soak => "soak",
        }
    }
}

/// Runs the task.
pub(crate) fn run(options: &Options) -> ExitCode {
    let mut times = Times::default();
    let count = build_and_test(options, &mut times).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        Count::failure()
    });
    step(&times);
    if count.is_empty() {
        eprintln!("error: no test ran");
    }
    println!("{count}");
    if count.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn build_and_test(options: &Options, times: &mut Times) -> anyhow::Result<Count> {
    let workspace = Workspace::find()?;
    let mut ids = workspace.own_components()?;
    // What tests plug in: what breaks, what calls outside, what attacks, and what has documents or read models.
    ids.extend(["broken", "caller", "hostile", "notebook", "rooms", "roster"].map(str::to_owned));
    times.step("building components", || components::build_these(&workspace, &ids))?;
    step("building the host and the tests; the first time takes some minutes");
    // In one call, so that tests and host agree on every dependency's features and it is built once.
    let mut command = cargo();
    command.current_dir(&workspace.root).args(["build", "--release", "--bins"]);
    match &options.only {
        Some(only) => command.args(["--test", only]),
        None => command.arg("--tests"),
    };
    command.args(everything()).args(options.tier.arguments());
    times.step("building host and tests", || run_command(&mut command))?;
    run_tests(&workspace, options, times)
}

/// What cargo selects for the thorough tests.
pub(crate) fn selection() -> impl Iterator<Item = String> {
    everything().map(str::to_owned).chain(Tier::Full.arguments())
}

/// The packages that have tests.
fn everything() -> impl Iterator<Item = &'static str> {
    iter::once("--workspace").chain(ONLY_MEASURED.into_iter().flat_map(|package| ["--exclude", package]))
}

/// Runs the tests of this workspace and, in the thorough tier, those of the lattice's own.
fn run_tests(workspace: &Workspace, options: &Options, times: &mut Times) -> anyhow::Result<Count> {
    let needs_lattice = options.only.is_none() && options.with.is_none_or(|with| with == With::Lattice);
    let programs = needs_lattice
        .then(|| times.step("building the lattice", || lattice::built(workspace)))
        .transpose()?;
    let filter = options.filter.iter().flat_map(|filter| ["--", filter]);
    let test = |targets: Vec<String>| {
        let mut command = cargo();
        command
            .current_dir(&workspace.root)
            .args(["test", "--release", "--no-fail-fast"])
            .args(options.tier.arguments())
            .args(targets)
            .args(filter.clone())
            .env("LYCEUM_TEST_TIER", options.tier.name())
            .envs(options.rounds.map(|rounds| ("LYCEUM_TEST_ROUNDS", rounds.to_string())))
            .env("LYCEUM_BINARY", workspace.program("release", "lyceum"))
            .envs(programs.iter().flat_map(Programs::environment));
        command
    };
    if let Some(only) = &options.only {
        let selected = everything().map(str::to_owned).chain(["--test".to_owned(), only.clone()]);
        return lanes::run(vec![vec![test(selected.collect())]], times);
    }
    let Some(with) = options.with else {
        let everything = || everything().map(str::to_owned);
        let lanes = lanes::of(&workspace.root, options.tier.features())?;
        let lane = |calls: lanes::Calls| {
            calls.into_iter().map(|targets| test(everything().chain(targets).collect())).collect()
        };
        let mut count = lanes::run(lanes.at_once.map(lane).into(), times)?;
        count += lanes::run(vec![lane(lanes.alone)], times)?;
        // Building them takes as long as all of the lattice once more.
        if matches!(options.tier, Tier::Soak) {
            let mut own = Lattice::ready(workspace)?.cargo("test");
            own.args(["--workspace", "--no-fail-fast"]).args(filter);
            count += lanes::run(vec![vec![own]], times)?;
        }
        return Ok(count);
    };
    let with = match with {
        With::Embedded => "embedded",
        With::Real => "real",
        With::Lattice => "lattice",
    };
    // The host's package is named for its features.
    let suite = ["-p", "lyceum", "-p", "lyceum-end-to-end", "--test", "suite"];
    let mut command = test(suite.map(str::to_owned).into());
    command.env("LYCEUM_TEST_WITH", with);
    lanes::run(vec![vec![command]], times)
}
