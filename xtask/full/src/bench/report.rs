//! The measured part of `docs/benchmarks.md`.

mod goals;
mod monolith;
mod on_lattice;
mod on_servers;
mod tables;
mod time;

use std::fmt::Write;

use anyhow::Context;

use super::scenarios::calls::Calls;
use super::scenarios::hosts::Hosts;
use super::scenarios::lattice::OnLattice;
use super::scenarios::monolith::Pair;
use super::scenarios::on_kit;
use super::{Bench, Measured, Part, ROUNDS, machine};

/// The profile of what is handed out.
pub(super) const DIST: &str = "dist";

/// Writes the first part.
pub(super) fn write(bench: &Bench, measured: &Measured) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    goals::write(&mut text, measured)?;
    tables::write(&mut text, measured)?;
    time::write(&mut text, &measured.read.breakdown)?;
    Ok(text)
}

/// Writes the part about a service; the first of its figures is the baseline.
pub(super) fn write_on_kit(bench: &Bench, measured: &on_kit::Measured) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    let first = measured.figures.first().context("nothing was measured")?;
    writeln!(text, "## {}\n", measured.heading)?;
    tables::table(&mut text, "the first", first, &measured.figures.iter().collect::<Vec<_>>())?;
    if !measured.native.is_empty() {
        writeln!(
            text,
            "\nBeside the native server, which answers reads with the same bytes from rows whose JSON is ready, and searches from \
             SQLite's own index of words; both verify a token:\n"
        )?;
        let pairs = measured.native.iter();
        let pairs = pairs.filter_map(|(own, native)| Some((native, measured.figures.get(*own)?)));
        tables::beside_native(&mut text, pairs)?;
    }
    if !measured.rows.is_empty() {
        writeln!(text, "\n| | |\n|---|--:|")?;
        for (title, figure) in &measured.rows {
            writeln!(text, "| {title} | {figure} |")?;
        }
    }
    Ok(text)
}

/// Writes the part about what the older library's clients ask for.
pub(super) fn write_monolith(bench: &Bench, pairs: &[Pair]) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    monolith::write(&mut text, pairs)?;
    Ok(text)
}

/// Writes the part about servers.
pub(super) fn write_servers(bench: &Bench, hosts: &Hosts, calls: &Calls) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    on_servers::write(&mut text, hosts, calls)?;
    Ok(text)
}

/// Writes the part about lattices.
pub(super) fn write_lattice(bench: &Bench, lattice: &OnLattice) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    writeln!(
        text,
        "Lyceum itself is {}, the lattice's programs are built with `release` of their workspace.\n",
        bench.built
    )?;
    on_lattice::write(&mut text, lattice)?;
    Ok(text)
}

fn begin(bench: &Bench) -> anyhow::Result<String> {
    let mut text = String::new();
    let seconds = bench.length.as_secs();
    writeln!(text, "Measured on {} on {}.", jiff::Zoned::now().strftime("%Y-%m-%d"), machine::describe()?)?;
    writeln!(
        text,
        "`cargo xtask bench --seconds {seconds} --connections {}`; each figure is the median of {ROUNDS} \
         rounds of {seconds} s after 1 s of warm-up, the load came over {} connections from the same \
         machine, and the load average at the end was {}.\n",
        bench.connections,
        bench.connections,
        machine::load_average()?
    )?;
    if bench.fewer > 1 {
        writeln!(text, "**A trial**: only one of {} rows was there before.\n", bench.fewer)?;
    }
    if !bench.is_as_handed_out {
        writeln!(
            text,
            "Lyceum is {}: built with the profile `{DIST}`, as it is handed out, it may be faster.\n",
            bench.built
        )?;
    }
    Ok(text)
}

/// What stands before and after a part.
fn markers(part: Part) -> (String, String) {
    let measured = match part {
        Part::Embedded => "measured",
        Part::Servers => "measured on servers",
        Part::Lattice => "measured on a lattice",
        Part::Lists => "measured on lists",
        Part::Services => "measured on many services",
        Part::Streams => "measured on streams",
        Part::Import => "measured on imports",
        Part::Genres => "measured on genres",
        Part::Authors => "measured on authors",
        Part::Books => "measured on books",
        Part::Readers => "measured on readers",
        Part::Lendings => "measured on lendings",
        Part::Monolith => "measured beside the monolith",
        Part::Students => "measured on students",
        Part::Courses => "measured on courses",
        Part::Enrollments => "measured on enrolments",
        Part::Progress => "measured on progress",
    };
    (
        format!("<!-- {measured}: written by `cargo xtask bench`; words about it stand outside -->"),
        format!("<!-- end of {measured} -->"),
    )
}

/// The document with one of its measured parts renewed; what others wrote around it stays.
pub(super) fn replace(document: &str, part: Part, measured: &str) -> String {
    let (begin, end) = markers(part);
    let block = format!("{begin}\n\n{}\n\n{end}\n", measured.trim());
    let around = document
        .split_once(&begin)
        .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1.trim_start_matches('\n'))));
    match around {
        Some((before, "")) => format!("{before}{block}"),
        Some((before, after)) => format!("{before}{block}\n{after}"),
        None if document.is_empty() => format!("# Benchmarks\n\n{block}"),
        None => format!("{}\n\n{block}", document.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_measured_part_changes() {
        let replace = |document: &str, measured: &str| super::replace(document, Part::Embedded, measured);
        let first = replace("", "one");
        let (begin, end) = markers(Part::Embedded);
        assert_eq!(first, format!("# Benchmarks\n\n{begin}\n\none\n\n{end}\n"));
        let words = first.replace("# Benchmarks", "# Mine") + "\nAfterwards.\n";
        let second = replace(&words, "two");
        assert_eq!(second, words.replace("one", "two"));
        assert_eq!(replace(&second, "two"), second);
        let third = super::replace(&second, Part::Servers, "three");
        let (begin, end) = markers(Part::Servers);
        assert_eq!(third, format!("{}\n\n{begin}\n\nthree\n\n{end}\n", second.trim_end()));
        assert_eq!(replace(&third, "one"), third.replace("two", "one"));
    }
}
