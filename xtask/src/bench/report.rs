//! The measured part of `docs/benchmarks.md`.

mod goals;
mod tables;
mod time;

use std::fmt::Write;

use super::{Bench, Measured, ROUNDS, machine};

const BEGIN: &str = "<!-- measured: written by `cargo xtask bench`; words about it stand outside -->";
const END: &str = "<!-- end of measured -->";

/// Writes it.
pub(super) fn write(bench: &Bench, measured: &Measured) -> anyhow::Result<String> {
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
    goals::write(&mut text, measured)?;
    tables::write(&mut text, measured)?;
    time::write(&mut text, &measured.read.breakdown)?;
    Ok(text)
}

/// The document with its measured part renewed; what others wrote around it stays.
pub(super) fn replace(document: &str, measured: &str) -> String {
    let block = format!("{BEGIN}\n\n{}\n\n{END}\n", measured.trim());
    let around = document
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1.trim_start_matches('\n'))));
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
        let first = replace("", "one");
        assert_eq!(first, format!("# Benchmarks\n\n{BEGIN}\n\none\n\n{END}\n"));
        let words = first.replace("# Benchmarks", "# Mine") + "\nAfterwards.\n";
        let second = replace(&words, "two");
        assert_eq!(second, words.replace("one", "two"));
        assert_eq!(replace(&second, "two"), second);
    }
}
