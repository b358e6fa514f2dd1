//! `cargo xtask bench`: Lyceum beside a native server, in one run, as a table in `docs/benchmarks.md`.
//!
//! Each figure is the median of three rounds. Within a round the servers take turns, so that whatever
//! else the machine does meets all of them alike. Start reading at [`measure`]; each scenario is a module
//! of [`scenarios`].

mod case;
mod client;
mod figures;
mod lattice;
mod lists;
mod load;
mod lyceum;
mod machine;
mod manifests;
mod memory;
mod metrics;
mod native;
mod percentiles;
mod perf;
mod programs;
mod report;
mod scenarios;
mod services;
mod streams;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use manifests::Manifests;
use programs::Programs;
use xtask::process::step;
use xtask::workspace::Workspace;

/// Rounds of each measurement; odd, so that a median is one of them.
const ROUNDS: usize = 3;

/// What follows `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds for each measurement; CPU time comes in ticks of 10 ms, so give it some
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Connections of the load
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    connections: u32,
    /// Measure only this part, and leave the others as they stand
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// The profile of cargo that Lyceum is built with; it is named beside the figures
    #[arg(long, default_value = "dist")]
    profile: String,
    /// Measure this program, which was built before, instead of building one; for `--only services` and `streams`
    #[arg(long, value_name = "FILE", requires = "only")]
    lyceum: Option<PathBuf>,
    /// The file whose measured parts are replaced, in the source tree
    #[arg(long, default_value = "docs/benchmarks.md")]
    output: PathBuf,
}

/// What is measured and written by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Embedded, beside a native server
    Embedded,
    /// Embedded, beside one, two and three hosts on real servers; and what a call of each capability costs
    Servers,
    /// Embedded and on real servers, beside a lattice of one, two and three hosts
    Lattice,
    /// Pages, filters and searches of lists, of few rows and of a million
    Lists,
    /// The memory, threads and start of a host with the application's components, and with twenty
    Services,
    /// The memory of a host without open streams, and with thousands
    Streams,
    /// The main reads and writes of a service on the kit, embedded
    Genres,
    /// Those of authors, on both faces
    Authors,
    /// The catalogue of a library with 100,000 titles, embedded
    Books,
}

/// What every scenario needs.
struct Bench {
    /// The source tree.
    root: PathBuf,
    programs: Programs,
    manifests: Manifests,
    /// For data; gone at the end.
    folder: tempfile::TempDir,
    length: Duration,
    /// What Lyceum was built with.
    profile: String,
    connections: u32,
}

impl Bench {
    /// A folder of its own for a server's data.
    fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Runs the task.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    let wanted = |part| options.only.is_none_or(|only| only == part);
    let file = workspace.root.join(&options.output);
    if wanted(Part::Lists) {
        write(&file, Part::Lists, &lists::measure(&workspace, &options.profile)?)?;
    }
    if wanted(Part::Services) {
        write(&file, Part::Services, &services::measure(&workspace, options)?)?;
    }
    if wanted(Part::Streams) {
        write(&file, Part::Streams, &streams::measure(&workspace, options)?)?;
    }
    if matches!(options.only, Some(Part::Lists | Part::Services | Part::Streams)) {
        step(format_args!("wrote {}", file.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let programs = Programs::ready(&workspace, &options.profile, wanted(Part::Lattice))?;
    // Not in /tmp, which may be kept in memory: a commit there would cost nothing.
    std::fs::create_dir_all(&workspace.target).context("can't make cargo's folder")?;
    let folder = tempfile::tempdir_in(&workspace.target).context("can't make a folder for data")?;
    let manifests = Manifests::write(&workspace.root, folder.path())?;
    let bench = Bench {
        root: workspace.root.clone(),
        programs,
        manifests,
        folder,
        length: Duration::from_secs(options.seconds),
        profile: options.profile.clone(),
        connections: options.connections,
    };
    if wanted(Part::Embedded) {
        let measured = measure(&bench)?;
        write(&file, Part::Embedded, &report::write(&bench, &measured)?)?;
    }
    if wanted(Part::Genres) {
        let genres = scenarios::genres::measure(&bench).context("genres")?;
        write(&file, Part::Genres, &report::write_genres(&bench, &genres)?)?;
    }
    if wanted(Part::Authors) {
        let authors = scenarios::authors::measure(&bench).context("authors")?;
        write(&file, Part::Authors, &report::write_authors(&bench, &authors)?)?;
    }
    if wanted(Part::Books) {
        let books = scenarios::books::measure(&bench).context("books")?;
        write(&file, Part::Books, &report::write_books(&bench, &books)?)?;
    }
    if wanted(Part::Servers) {
        let hosts = scenarios::hosts::measure(&bench).context("several hosts")?;
        let calls = scenarios::calls::measure(&bench).context("calls of the host")?;
        write(&file, Part::Servers, &report::write_servers(&bench, &hosts, &calls)?)?;
    }
    if wanted(Part::Lattice) {
        let measured = scenarios::lattice::measure(&bench).context("lattices")?;
        write(&file, Part::Lattice, &report::write_lattice(&bench, &measured)?)?;
    }
    step(format_args!("wrote {}", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// Everything that is reported of the first part.
struct Measured {
    start: scenarios::start::Start,
    answers: scenarios::answers::Answers,
    read: scenarios::read::Read,
    registration: scenarios::registration::Registration,
    events: scenarios::events::Events,
}

/// Runs the scenarios.
fn measure(bench: &Bench) -> anyhow::Result<Measured> {
    Ok(Measured {
        start: scenarios::start::measure(bench).context("start")?,
        answers: scenarios::answers::measure(bench).context("a small answer")?,
        read: scenarios::read::measure(bench).context("reading")?,
        registration: scenarios::registration::measure(bench).context("registration")?,
        events: scenarios::events::measure(bench).context("events")?,
    })
}

fn write(file: &Path, part: Part, measured: &str) -> anyhow::Result<()> {
    let present = std::fs::read_to_string(file).unwrap_or_default();
    let text = report::replace(&present, part, measured);
    std::fs::write(file, text).with_context(|| format!("can't write {}", file.display()))?;
    println!("{measured}");
    Ok(())
}
