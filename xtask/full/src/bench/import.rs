//! How fast an older library's records are taken over: what is run, and what is written of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::lyceum::Lyceum;
use super::percentiles::median;
use super::{Options, ROUNDS, machine, programs};
use xtask::process::{output, step};
use xtask::workspace::Workspace;

const EMAIL: &str = "head@example.org";
const PASSWORD: &str = "shelves and quiet rooms";
/// Of "horse battery staple".
pub(super) const HASH: &str = "$2a$06$abcdefghijklmnopqrstuuXzDq6IoXo5fsmBBMx8nCQc.luqoCBF2";
/// How many records of each kind, in the order in which they are taken over.
const KINDS: [(&str, u32); 6] = [
    ("genre", 1_000),
    ("author", 5_000),
    ("user", 5_000),
    ("reader", 5_000),
    ("book", 5_000),
    ("lending", 20_000),
];

/// What the command tells.
#[derive(Deserialize)]
struct Told {
    refused: u64,
    kinds: BTreeMap<String, Kind>,
}

#[derive(Deserialize)]
struct Kind {
    seconds: f64,
}

/// Measures, and says what is written about it.
pub(super) fn measure(workspace: &Workspace, options: &Options) -> anyhow::Result<String> {
    let program = programs::lyceum(workspace, options)?;
    // Not in /tmp, which may be kept in memory.
    fs::create_dir_all(&workspace.target).context("can't make cargo's folder")?;
    let folder = tempfile::tempdir_in(&workspace.target).context("can't make a folder for data")?;
    let file = folder.path().join("library.jsonl");
    write_records(&file)?;
    let mut rates: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for round in 1..=ROUNDS {
        let data = folder.path().join(format!("data-{round}"));
        let admin = [
            ("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", EMAIL.to_owned()),
            ("LYCEUM_VARIABLE_FIRST_ADMIN_PASSWORD", PASSWORD.to_owned()),
        ];
        let lyceum = Lyceum::start_on(&program, &workspace.root.join("spin.toml"), &data, &admin)?;
        let told = import(&program, &lyceum, &file)?;
        ensure!(told.refused == 0, "{} records were refused", told.refused);
        for (kind, count) in KINDS {
            let seconds = told.kinds.get(kind).context("every kind is told of")?.seconds;
            let rate = f64::from(count) / seconds;
            step(format_args!("round {round}, {kind}: {rate:.0} a second"));
            rates.entry(kind).or_default().push(rate);
        }
        lyceum.stop()?;
    }
    write(options, &rates)
}

fn import(program: &Path, lyceum: &Lyceum, file: &Path) -> anyhow::Result<Told> {
    let mut command = Command::new(program);
    command.args(["import", "library", "--json", "--server"]).arg(lyceum.url("")).arg(file);
    command.env("LYCEUM_IMPORT_USER", EMAIL).env("LYCEUM_IMPORT_PASSWORD", PASSWORD);
    serde_json::from_str(&output(&mut command)?).context("what the command tells")
}

fn write_records(file: &Path) -> anyhow::Result<()> {
    let mut text = String::new();
    for (kind, count) in KINDS {
        for number in 1..=count {
            writeln!(text, "{}", record(kind, number))?;
        }
    }
    fs::write(file, text).with_context(|| format!("can't write {}", file.display()))
}

fn record(kind: &str, number: u32) -> Value {
    let address = |number: u32| format!("reader-{number}@example.org");
    match kind {
        "genre" => json!({ "kind": kind, "name": format!("Genre {number}") }),
        "author" => {
            json!({ "kind": kind, "number": number, "name": format!("Ana Maria Campos {number}"), "bio": "She <b>writes</b>." })
        }
        "user" => json!({
            "kind": kind, "id": number, "username": address(number), "password_hash": HASH,
            "full_name": format!("Rui Duarte {number}"), "roles": ["READER"],
        }),
        "reader" => json!({
            "kind": kind, "number": format!("2025/{number}"), "username": address(number),
            "full_name": format!("Rui Duarte {number}"), "birth_date": "1990-01-31", "phone_number": "912345678",
            "gdpr_consent": true, "interest_list": ["Genre 1", "Genre 2"],
        }),
        "book" => json!({
            "kind": kind, "isbn": isbn(number), "title": format!("The {number} rooms of a quiet house"),
            "genre": format!("Genre {}", number % 1_000 + 1), "authors": [number % 5_000 + 1],
            "description": "A house by the sea, and who lived in it.",
        }),
        _ => json!({
            "kind": kind, "number": format!("2025/{number}"), "isbn": isbn(number % 5_000 + 1),
            "reader_number": format!("2025/{}", number % 5_000 + 1), "start_date": "2025-03-01",
            "returned_date": "2025-03-20",
        }),
    }
}

/// An ISBN of thirteen digits.
pub(super) fn isbn(number: u32) -> String {
    let digits = format!("978{number:09}");
    let weighted = digits.bytes().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn write(options: &Options, rates: &BTreeMap<&str, Vec<f64>>) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(text, "Measured on {} on {}.", jiff::Zoned::now().strftime("%Y-%m-%d"), machine::describe()?)?;
    writeln!(
        text,
        "`cargo xtask bench --only import`, with {}; each figure is the median of {ROUNDS} imports into a new application on \
         SQLite, whose command ran on the same machine, and the load average at the end was {}.\n",
        programs::built(options),
        machine::load_average()?
    )?;
    writeln!(text, "## Taking an older library over\n\n| records | how many | a second |\n|---|--:|--:|")?;
    for (kind, count) in KINDS {
        let rate = median(rates.get(kind).into_iter().flatten().copied());
        writeln!(text, "| {kind} | {count} | {rate:.0} |")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isbn_has_its_check_digit() {
        assert_eq!(isbn(14_143_958), "9780141439587");
    }
}
