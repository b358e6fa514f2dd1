//! What was counted of a run in which one piece of work was killed step by step, in one line.

use std::fmt;
use std::fs::{self, File};
use std::time::Duration;

use anyhow::{Context, Result};
use lyceum_end_to_end::harness::{Backend, workspace};
use lyceum_end_to_end::tier::Tier;

const BEGIN: &str =
    "<!-- measured faults: written by `cargo xtask test --tier soak`; words about it stand outside -->";
const END: &str = "<!-- end of measured faults -->";
const HEAD: &str = "| what is killed step by step | databases | rounds | died at their failpoint | a service away | lost | doubled | half done \
     | done again after, median | longest | on |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|";

/// A run that found everything as it has to be: a run that found something else has failed.
#[derive(Clone, Debug)]
pub struct Counted {
    /// What was killed.
    pub what: &'static str,
    /// On which databases.
    pub backend: Backend,
    /// How often the process group was killed.
    pub rounds: usize,
    /// How often that happened at the failpoint that was chosen.
    pub reached: usize,
    /// How often a service was taken away instead.
    pub outages: usize,
    /// How long it took from each start until what had been asked for was done.
    pub recovered: Vec<Duration>,
}

impl Counted {
    fn row(&self) -> String {
        let mut recovered = self.recovered.clone();
        recovered.sort();
        let median = recovered.get(recovered.len() / 2).copied().unwrap_or_default();
        let longest = recovered.last().copied().unwrap_or_default();
        let Self { what, backend, rounds, reached, outages, .. } = self;
        let day = jiff::Timestamp::now().strftime("%Y-%m-%d");
        format!(
            "| {what} | {backend} | {rounds} | {reached} | {outages} | 0 | 0 | 0 | {} ms | {} ms | {day} |",
            median.as_millis(),
            longest.as_millis(),
        )
    }

    /// Says it, and writes it into `docs/benchmarks.md` if it was a soak run.
    pub fn tell(&self) -> Result<()> {
        println!("{self}");
        if Tier::current() != Tier::Soak {
            return Ok(());
        }
        let file = workspace().join("docs/benchmarks.md");
        // Others may have come to their end at the same moment.
        let lock = File::create(std::env::temp_dir().join("lyceum-faults.lock")).context("make a lock")?;
        lock.lock().context("wait for others")?;
        let known = fs::read_to_string(&file).context("read docs/benchmarks.md")?;
        fs::write(&file, with_row(&known, &self.row())).context("write docs/benchmarks.md")
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{HEAD}\n{}", self.row())
    }
}

/// The document with this row in place of the one about the same.
fn with_row(document: &str, row: &str) -> String {
    let about = |row: &str| row.split('|').take(3).collect::<String>();
    let around = document.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    let (before, (part, after)) = around.unwrap_or((document, ("", "\n")));
    let mut rows: Vec<&str> = part
        .lines()
        .filter(|line| line.ends_with(" |") && !line.starts_with("| what") && about(line) != about(row))
        .collect();
    rows.push(row);
    rows.sort_unstable();
    format!("{}\n\n{BEGIN}\n\n## Faults\n\n{HEAD}\n{}\n\n{END}{after}", before.trim_end(), rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::with_row;

    #[test]
    fn a_row_replaces_the_one_about_the_same() {
        let first = with_row("# Words\n", "| a | sqlite | 1 |");
        let second = with_row(&first, "| a | postgres | 2 |");
        let third = with_row(&second, "| a | sqlite | 3 |");
        assert!(third.starts_with("# Words\n\n<!-- measured faults"), "{third}");
        assert!(third.contains("\n| a | postgres | 2 |\n| a | sqlite | 3 |\n"), "{third}");
        assert!(!third.contains("| 1 |"), "{third}");
        assert_eq!(with_row(&third, "| a | sqlite | 3 |"), third);
    }
}
