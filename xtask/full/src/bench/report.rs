//! The measured part of `docs/benchmarks.md`.

mod goals;
mod on_books;
mod on_kit;
mod on_lattice;
mod on_servers;
mod tables;
mod time;

use std::fmt::Write;

use super::scenarios::authors::Authors;
use super::scenarios::books::Books;
use super::scenarios::calls::Calls;
use super::scenarios::genres::Genres;
use super::scenarios::hosts::Hosts;
use super::scenarios::lattice::OnLattice;
use super::{Bench, Measured, Part, ROUNDS, machine};

const BEGIN: &str = "<!-- measured: written by `cargo xtask bench`; words about it stand outside -->";
const END: &str = "<!-- end of measured -->";
const BEGIN_SERVERS: &str =
    "<!-- measured on servers: written by `cargo xtask bench`; words about it stand outside -->";
const END_SERVERS: &str = "<!-- end of measured on servers -->";
const BEGIN_LATTICE: &str =
    "<!-- measured on a lattice: written by `cargo xtask bench`; words about it stand outside -->";
const END_LATTICE: &str = "<!-- end of measured on a lattice -->";
const BEGIN_LISTS: &str =
    "<!-- measured on lists: written by `cargo xtask bench`; words about it stand outside -->";
const END_LISTS: &str = "<!-- end of measured on lists -->";
const BEGIN_SERVICES: &str =
    "<!-- measured on many services: written by `cargo xtask bench`; words about it stand outside -->";
const END_SERVICES: &str = "<!-- end of measured on many services -->";
const BEGIN_STREAMS: &str =
    "<!-- measured on streams: written by `cargo xtask bench`; words about it stand outside -->";
const END_STREAMS: &str = "<!-- end of measured on streams -->";
const BEGIN_GENRES: &str =
    "<!-- measured on genres: written by `cargo xtask bench`; words about it stand outside -->";
const END_GENRES: &str = "<!-- end of measured on genres -->";
const BEGIN_AUTHORS: &str =
    "<!-- measured on authors: written by `cargo xtask bench`; words about it stand outside -->";
const END_AUTHORS: &str = "<!-- end of measured on authors -->";
const BEGIN_BOOKS: &str =
    "<!-- measured on books: written by `cargo xtask bench`; words about it stand outside -->";
const END_BOOKS: &str = "<!-- end of measured on books -->";

/// Writes the first part.
pub(super) fn write(bench: &Bench, measured: &Measured) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    goals::write(&mut text, measured)?;
    tables::write(&mut text, measured)?;
    time::write(&mut text, &measured.read.breakdown)?;
    Ok(text)
}

/// Writes the part about genres.
pub(super) fn write_genres(bench: &Bench, genres: &Genres) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    on_kit::write_genres(&mut text, genres)?;
    Ok(text)
}

/// Writes the part about authors.
pub(super) fn write_authors(bench: &Bench, authors: &Authors) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    on_kit::write_authors(&mut text, authors)?;
    Ok(text)
}

/// Writes the part about books.
pub(super) fn write_books(bench: &Bench, books: &Books) -> anyhow::Result<String> {
    let mut text = begin(bench)?;
    on_books::write(&mut text, books)?;
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
        "Lyceum itself was built with the profile `{}`, the lattice's programs with `release` of their workspace.\n",
        bench.profile
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
    Ok(text)
}

/// The document with one of its measured parts renewed; what others wrote around it stays.
pub(super) fn replace(document: &str, part: Part, measured: &str) -> String {
    let (begin, end) = match part {
        Part::Embedded => (BEGIN, END),
        Part::Servers => (BEGIN_SERVERS, END_SERVERS),
        Part::Lattice => (BEGIN_LATTICE, END_LATTICE),
        Part::Lists => (BEGIN_LISTS, END_LISTS),
        Part::Services => (BEGIN_SERVICES, END_SERVICES),
        Part::Streams => (BEGIN_STREAMS, END_STREAMS),
        Part::Genres => (BEGIN_GENRES, END_GENRES),
        Part::Authors => (BEGIN_AUTHORS, END_AUTHORS),
        Part::Books => (BEGIN_BOOKS, END_BOOKS),
    };
    let block = format!("{begin}\n\n{}\n\n{end}\n", measured.trim());
    let around = document
        .split_once(begin)
        .and_then(|(before, rest)| Some((before, rest.split_once(end)?.1.trim_start_matches('\n'))));
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
        assert_eq!(first, format!("# Benchmarks\n\n{BEGIN}\n\none\n\n{END}\n"));
        let words = first.replace("# Benchmarks", "# Mine") + "\nAfterwards.\n";
        let second = replace(&words, "two");
        assert_eq!(second, words.replace("one", "two"));
        assert_eq!(replace(&second, "two"), second);
        let third = super::replace(&second, Part::Servers, "three");
        assert_eq!(third, format!("{}\n\n{BEGIN_SERVERS}\n\nthree\n\n{END_SERVERS}\n", second.trim_end()));
        assert_eq!(replace(&third, "one"), third.replace("two", "one"));
    }
}
