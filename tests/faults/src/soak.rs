//! The figures of a run.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};
use lyceum_end_to_end::harness::{Backend, workspace};

/// What was counted.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Which databases.
    pub backend: Backend,
    /// The seed that all kills were drawn from.
    pub seed: u64,
    /// How often the process group was killed under load.
    pub rounds: usize,
    /// Registrations that were answered 201.
    pub acknowledged: usize,
    /// Registrations that were sent and not acknowledged before a kill.
    pub unanswered: usize,
    /// Of these, how many had been committed all the same, so that the repetition got the first answer.
    pub absorbed: usize,
    /// Events that came again and had no second effect.
    pub redelivered: usize,
    /// How long each restart took until it was ready.
    pub restarts: Vec<Duration>,
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut restarts = self.restarts.clone();
        restarts.sort();
        let median = restarts.get(restarts.len() / 2).copied().unwrap_or_default();
        let longest = restarts.last().copied().unwrap_or_default();
        let Self { backend, seed, rounds, acknowledged, unanswered, absorbed, redelivered, .. } = self;
        write!(
            formatter,
            "| {backend} | {rounds} | {acknowledged} | {unanswered} | {absorbed} | {redelivered} | {} ms | {} ms | {seed} |",
            median.as_millis(),
            longest.as_millis(),
        )
    }
}

/// What the columns of [`Figures`] are.
pub const HEAD: &str = "| databases | rounds | acknowledged | unanswered and repeated | of these already done | \
     events redelivered without a second effect | restart, median | restart, longest | seed |\n\
     |---|---|---|---|---|---|---|---|---|";

/// Writes a backend's row into `docs/soak.md` and keeps the other's.
pub fn write(figures: &Figures) -> Result<()> {
    let file = workspace().join("docs/soak.md");
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let own = format!("| {} |", figures.backend);
    let mut rows: Vec<String> = ["| sqlite |", "| postgres |"]
        .iter()
        .filter(|begin| **begin != own)
        .filter_map(|begin| known.lines().find(|line| line.starts_with(begin)).map(str::to_owned))
        .collect();
    rows.push(figures.to_string());
    rows.sort_by(|a, b| b.cmp(a));
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let text = format!(
        "# What a soak run counted\n\n\
         `cargo xtask test --tier soak` writes this file. The process group is killed with SIGKILL under load, at drawn\n\
         times and at every failpoint; every request without an answer is repeated with its `Idempotency-Key`. Afterwards\n\
         each registration has exactly one account, profile, message, mail and one event of each kind; otherwise the run\n\
         fails.\n\n{HEAD}\n{}\n\nLatest run: {date}, on {} cores.\n",
        rows.join("\n"),
        std::thread::available_parallelism()?,
    );
    std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))
}
