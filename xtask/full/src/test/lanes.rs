//! Which test programs are run at once: those of single crates, and beside them those that take servers away and mostly wait.
//! What starts whole applications and lattices has the machine for itself afterwards, since its deadlines are those of people.
//!
//! A test that takes a server away waits for what follows from that, and for more than half of its time a processor has
//! nothing to do. Programs run one after another within a lane; what one says is shown when it has ended, so that what two
//! programs say at once is not mixed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::mem;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, anyhow};

use super::count::Count;
use super::times::Times;
use xtask::process::{show, step};

/// The packages whose tests mostly wait.
const WAITING: [&str; 1] = ["lyceum-faults"];
/// Those whose tests start whole applications and lattices.
const ALONE: [&str; 2] = ["lyceum-end-to-end", "lyceum-lattice-tests"];

/// What cargo is told for each call of a lane.
pub(super) type Calls = Vec<Vec<String>>;

/// The calls of the lanes that run at once, and of the one that runs afterwards; together they select every test that there
/// is.
#[derive(Debug)]
pub(super) struct Lanes {
    pub(super) at_once: [Calls; 2],
    pub(super) alone: Calls,
}

/// How the tests are run with these features.
pub(super) fn of(root: &Path, features: &[&str]) -> anyhow::Result<Lanes> {
    let mut metadata = cargo_metadata::MetadataCommand::new();
    let metadata = metadata.current_dir(root).no_deps().exec().context("can't ask cargo for the tests")?;
    let enabled: BTreeSet<&str> = features.iter().filter_map(|feature| feature.rsplit('/').next()).collect();
    let programs = |wanted: &dyn Fn(&str) -> bool| -> BTreeSet<String> {
        let packages = metadata.packages.iter().filter(|package| wanted(&package.name));
        let targets = packages.flat_map(|package| &package.targets).filter(|target| target.is_test());
        let targets = targets.filter(|target| {
            target.required_features.iter().all(|feature| enabled.contains(feature.as_str()))
        });
        targets.map(|target| target.name.clone()).collect()
    };
    // A name selects the programs of all packages that have one of this name.
    let alone = programs(&|package| ALONE.contains(&package));
    let waiting = &programs(&|package| WAITING.contains(&package)) - &alone;
    let others = &(&programs(&|_| true) - &alone) - &waiting;
    let named = |programs: &BTreeSet<String>| -> Vec<String> {
        programs.iter().flat_map(|name| ["--test".to_owned(), name.clone()]).collect()
    };
    let units = ["--lib", "--bins"].map(str::to_owned).into_iter();
    Ok(Lanes {
        at_once: [vec![units.chain(named(&others)).collect()], vec![named(&waiting)]],
        alone: vec![named(&alone), vec!["--doc".to_owned()]],
    })
}

/// Runs the commands of each lane one after another, and the lanes at once.
pub(super) fn run(lanes: Vec<Vec<Command>>, times: &mut Times) -> anyhow::Result<Count> {
    let begun = std::time::Instant::now();
    let ended: Vec<_> = thread::scope(|scope| {
        let lanes: Vec<_> =
            lanes.into_iter().map(|commands| scope.spawn(|| one_after_another(commands))).collect();
        lanes.into_iter().map(|lane| lane.join().map_err(|_| anyhow!("a lane of tests panicked"))).collect()
    });
    let mut count = Count::default();
    for lane in ended {
        let (counted, programs) = lane??;
        count += counted;
        times.add_programs(programs);
    }
    times.step_took("tests", begun.elapsed());
    Ok(count)
}

fn one_after_another(commands: Vec<Command>) -> anyhow::Result<(Count, Times)> {
    let (mut count, mut times) = (Count::default(), Times::default());
    for mut command in commands {
        count += counted(&mut command, &mut times)?;
    }
    Ok((count, times))
}

/// Shows what the tests say and counts their results.
fn counted(command: &mut Command, times: &mut Times) -> anyhow::Result<Count> {
    step(show(command));
    // A failed test's reason must not drown in frames of the runtime.
    command.env("RUST_LIB_BACKTRACE", "0").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("can't start cargo")?;
    let mut count = Count::default();
    let (started, mut programs) = times.programs();
    let stderr = child.stderr.take();
    let cargo_says = thread::spawn(move || {
        each_line(stderr, |line| {
            eprintln!("{line}");
            started.line(line);
        })
    });
    let mut said = String::new();
    each_line(child.stdout.take(), |line| {
        said.push_str(line);
        said.push('\n');
        count.line(line);
        programs.line(line);
        if line.contains("test result: ") {
            print!("{}", mem::take(&mut said));
        }
    })?;
    print!("{said}");
    cargo_says.join().map_err(|_| anyhow!("the reader of what cargo says panicked"))??;
    let status = child.wait().context("can't wait for the tests")?;
    count.end(status.success());
    Ok(count)
}

/// Hands on each line. By lines of bytes, since a test may print anything.
fn each_line(from: Option<impl Read>, mut line: impl FnMut(&str)) -> anyhow::Result<()> {
    for bytes in from.into_iter().flat_map(|from| BufReader::new(from).split(b'\n')) {
        line(&String::from_utf8_lossy(&bytes.context("can't read what the tests say")?));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_program_is_in_one_lane() {
        // Tests run in their package's folder.
        let Lanes { at_once: [others, waiting], alone } =
            of(Path::new("../.."), &["lyceum/failpoints"]).unwrap();
        let programs = |calls: Calls| -> Vec<String> {
            calls.concat().into_iter().filter(|argument| !argument.starts_with("--")).collect()
        };
        let lanes = [programs(others), programs(waiting), programs(alone)];
        let is_in =
            |name: &str| lanes.each_ref().map(|lane| lane.iter().filter(|other| *other == name).count());
        assert_eq!(is_in("service"), [1, 0, 0]);
        assert_eq!(is_in("outages"), [0, 1, 0]);
        assert_eq!(is_in("suite"), [0, 0, 1]);
        // It wants a feature.
        assert_eq!(is_in("autoscaling"), [0, 0, 0]);
        assert!(lanes.iter().flatten().all(|name| is_in(name).iter().sum::<usize>() == 1), "{lanes:?}");
    }
}
