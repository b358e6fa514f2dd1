//! `cargo xtask bench`: Lyceum beside a native server, in one run, as a table in `docs/benchmarks.md`.
//!
//! Each figure is the median of three rounds. Within a round the servers take turns, so that whatever
//! else the machine does meets all of them alike. Start reading at [`measure`]; each scenario is a module
//! of [`scenarios`].

mod case;
mod client;
mod figures;
mod import;
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

use anyhow::{Context, ensure};

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
    /// Measure this program, which was built before, instead of building one; not for `--only lattice` and `lists`
    #[arg(long, value_name = "FILE", requires = "only")]
    lyceum: Option<PathBuf>,
    /// Put a part of what is there before only, one of so many, to try whether everything runs
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    fewer: u64,
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
    /// How fast an older library's records are taken over, embedded
    Import,
    /// The main reads and writes of a service on the kit, embedded
    Genres,
    /// Those of authors, on both faces
    Authors,
    /// The catalogue of a library with 100,000 titles, embedded
    Books,
    /// Readers: lists, and somebody who becomes one by themselves on the older face, embedded
    Readers,
    /// Circulation: a checkout and its return, and a reader with 400 lendings, embedded
    Lendings,
    /// The older library's faces, beside a server of Spring Boot, JPA and H2 that stands in for it
    Monolith,
    /// A student about whom 100,000 entries were written, embedded
    Students,
    /// A catalogue of 100,000 published courses, embedded, and its reads beside a native server
    Courses,
    /// Enrolments: 8,000 people of a cohort as a job, and others meanwhile, embedded
    Enrollments,
    /// Progress and gradebooks of classes of 10, 1,000 and 10,000, embedded, and its reads beside a native server
    Progress,
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
    /// How Lyceum was built.
    built: String,
    /// Whether that is how it is handed out.
    is_as_handed_out: bool,
    connections: u32,
    /// One of so many rows is there before.
    fewer: u64,
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
    ensure!(
        options.lyceum.is_none() || !matches!(options.only, Some(Part::Lattice | Part::Lists)),
        "--lyceum does not go with --only lattice and lists, which build what they measure"
    );
    if wanted(Part::Lists) {
        write(&file, Part::Lists, &lists::measure(&workspace, &options.profile)?)?;
    }
    if wanted(Part::Services) {
        write(&file, Part::Services, &services::measure(&workspace, options)?)?;
    }
    if wanted(Part::Streams) {
        write(&file, Part::Streams, &streams::measure(&workspace, options)?)?;
    }
    if wanted(Part::Import) {
        write(&file, Part::Import, &import::measure(&workspace, options)?)?;
    }
    if matches!(options.only, Some(Part::Lists | Part::Services | Part::Streams | Part::Import)) {
        step(format_args!("wrote {}", file.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let programs = Programs::ready(&workspace, options, wanted(Part::Lattice))?;
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
        built: programs::built(options),
        is_as_handed_out: options.lyceum.is_none() && options.profile == report::DIST,
        connections: options.connections,
        fewer: options.fewer,
    };
    if wanted(Part::Embedded) {
        let measured = measure(&bench)?;
        write(&file, Part::Embedded, &report::write(&bench, &measured)?)?;
    }
    let on_kit = [
        Part::Genres,
        Part::Authors,
        Part::Books,
        Part::Readers,
        Part::Lendings,
        Part::Students,
        Part::Courses,
        Part::Enrollments,
        Part::Progress,
    ];
    for part in on_kit.into_iter().filter(|part| wanted(*part)) {
        if let Some(measured) = scenarios::on_kit::measure(&bench, part)? {
            write(&file, part, &report::write_on_kit(&bench, &measured)?)?;
        }
    }
    if wanted(Part::Monolith) {
        let measured = scenarios::monolith::measure(&bench).context("beside the monolith")?;
        write(&file, Part::Monolith, &report::write_monolith(&bench, &measured)?)?;
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
