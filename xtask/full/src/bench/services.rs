//! The part about many services: what is run, and what is written of it.

use std::fmt::Write;

use anyhow::Context;

use super::memory::Memory;
use super::scenarios::services::{self, Loaded};
use super::{Options, ROUNDS, machine, programs};
use xtask::workspace::Workspace;

/// MiB, of a host with twenty components that have nothing to do.
const MEMORY: f64 = 150.0;
/// Seconds until the first answer, with compiled code.
const START: f64 = 0.5;

/// Measures, and says what is written about it.
pub(super) fn measure(workspace: &Workspace, options: &Options) -> anyhow::Result<String> {
    let program = programs::lyceum(workspace, options)?;
    // Not in /tmp, which may be kept in memory.
    std::fs::create_dir_all(&workspace.target).context("can't make cargo's folder")?;
    let folder = tempfile::tempdir_in(&workspace.target).context("can't make a folder for data")?;
    let measured = services::measure(&program, &workspace.root, folder.path())?;
    write(options, &measured)
}

fn write(options: &Options, measured: &[Loaded]) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(text, "Measured on {} on {}.", jiff::Zoned::now().strftime("%Y-%m-%d"), machine::describe()?)?;
    let built = programs::built(options);
    writeln!(
        text,
        "`cargo xtask bench --only services`, with {built}; each figure is the median of {ROUNDS} rounds in which the two took \
         turns, and the load average at the end was {}.\n",
        machine::load_average()?
    )?;
    writeln!(text, "## The application, and at least twenty components\n")?;
    write!(text, "| |")?;
    for loaded in measured {
        write!(text, " {} components |", loaded.components)?;
    }
    writeln!(text, "\n|---|{}", "--:|".repeat(measured.len()))?;
    let mut row = |title: &str, figure: &dyn Fn(&Loaded) -> String| {
        let figures: Vec<String> = measured.iter().map(figure).collect();
        writeln!(text, "| {title} | {} |", figures.join(" | "))
    };
    let share = |memory: &Memory| format!("{:.0} MiB", memory.proportional);
    row("start with compiled code, until the first answer", &|loaded| format!("{:.2} s", loaded.start))?;
    row("memory, loaded and idle: its share (PSS)", &|loaded| share(&loaded.idle))?;
    row("the same: not from files", &|loaded| format!("{:.0} MiB", loaded.idle.anonymous))?;
    row("threads", &|loaded| format!("{:.0}", loaded.threads))?;
    row("memory at the end of 3,200 reads of one service: its share", &|loaded| share(&loaded.after_load))?;
    row("memory when the instances have ended: its share", &|loaded| share(&loaded.settled))?;
    let Some(most) = measured.last() else { return Ok(text) };
    let said = |is_met: bool| if is_met { "met" } else { "**not met**" };
    writeln!(text, "\n| goal for {} components | measured | |\n|---|---|---|", most.components)?;
    writeln!(
        text,
        "| Memory (PSS), loaded and idle: at most {MEMORY:.0} MiB | {:.0} MiB | {} |",
        most.idle.proportional,
        said(most.idle.proportional <= MEMORY)
    )?;
    writeln!(
        text,
        "| Start with compiled code: at most {START} s | {:.2} s | {} |",
        most.start,
        said(most.start <= START)
    )?;
    Ok(text)
}
