//! The part about open streams: what is run, and what is written of it.

use std::fmt::Write;

use anyhow::Context;

use super::scenarios::streams::{self, Open};
use super::{Options, ROUNDS, machine, programs};
use xtask::workspace::Workspace;

/// MiB, of a host with as many streams as it takes.
const MEMORY: f64 = 300.0;

/// Measures, and says what is written about it.
pub(super) fn measure(workspace: &Workspace, options: &Options) -> anyhow::Result<String> {
    let program = programs::lyceum(workspace, options)?;
    // Not in /tmp, which may be kept in memory.
    std::fs::create_dir_all(&workspace.target).context("can't make cargo's folder")?;
    let folder = tempfile::tempdir_in(&workspace.target).context("can't make a folder for data")?;
    write(options, &streams::measure(&program, &workspace.root, folder.path())?)
}

fn write(options: &Options, measured: &[Open]) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(text, "Measured on {} on {}.", jiff::Zoned::now().strftime("%Y-%m-%d"), machine::describe()?)?;
    writeln!(
        text,
        "`cargo xtask bench --only streams`, with {}; each figure is the median of {ROUNDS} starts of the host, and the load \
         average at the end was {}.\n",
        programs::built(options),
        machine::load_average()?
    )?;
    writeln!(text, "## Open streams\n")?;
    writeln!(
        text,
        "| open streams of server-sent events | memory (PSS) | not from files | a stream beside none | opened/s |"
    )?;
    writeln!(text, "|--:|--:|--:|--:|--:|")?;
    let none = measured.first().context("a baseline")?;
    for open in measured {
        let (cost, rate) = match open.rate {
            Some(rate) => (format!("{:.1} KiB", cost(none, open)), format!("{rate:.0}")),
            None => ("-".to_owned(), "-".to_owned()),
        };
        let Open { streams, memory, .. } = open;
        writeln!(
            text,
            "| {streams} | {:.0} MiB | {:.0} MiB | {cost} | {rate} |",
            memory.proportional, memory.anonymous
        )?;
    }
    let most = measured.last().unwrap_or(none);
    let said = if most.memory.proportional <= MEMORY { "met" } else { "**not met**" };
    writeln!(text, "\n| goal | measured | |\n|---|---|---|")?;
    writeln!(
        text,
        "| {} open streams on one host: at most {MEMORY:.0} MiB (PSS) | {:.0} MiB, {:.0} MiB of it without any | {said} |",
        most.streams, most.memory.proportional, none.memory.proportional
    )?;
    Ok(text)
}

/// KiB of each stream, above a host without any.
#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn cost(none: &Open, open: &Open) -> f64 {
    let streams = open.streams.saturating_sub(none.streams).max(1);
    (open.memory.proportional - none.memory.proportional) * 1024.0 / streams as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::memory::Memory;

    #[test]
    fn a_stream_costs_what_a_host_has_more_than_without_any() {
        let open = |streams, proportional| Open {
            streams,
            memory: Memory { resident: 0.0, proportional, anonymous: 0.0 },
            rate: None,
        };
        let cost = cost(&open(0, 60.0), &open(1024, 70.0));
        assert!((cost - 10.0).abs() < 1e-9, "{cost}");
    }
}
