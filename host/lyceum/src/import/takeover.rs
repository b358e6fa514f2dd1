//! Takes the records of a file over, slice by slice.

use std::io::BufRead;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::client::{Client, Outcome, Reference, RowAnswer};
use super::kind::Kind;
use super::lines::{Line, Lines, Unreadable};
use super::report::{Refused, Report};
use super::seen::Seen;

/// The most bytes of a slice: well below what a service takes.
const SLICE_BYTES: usize = 512 * 1024;
/// The wait before lines that wait are sent again; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How to go about it.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    /// Only say what would become of the lines.
    pub(crate) dry_run: bool,
    /// Stop at the first line that is refused.
    pub(crate) strict: bool,
    /// So many rows are sent at once at most, 1 to 500.
    pub(crate) rows: usize,
    /// For how long a line waits while nothing moves.
    pub(crate) patience: Duration,
    /// What is said of users' roles, as a query.
    pub(crate) grants: String,
}

/// A file on its way.
pub(crate) struct Takeover<'a> {
    client: Client,
    choices: &'a Choices,
    report: &'a mut Report,
    seen: Seen,
    /// Of one kind.
    slice: Vec<Line>,
    /// Bytes of these.
    size: usize,
    waiting: Vec<Line>,
}

/// A line was refused, and that was to end it.
#[derive(Debug, thiserror::Error)]
#[error("a line was refused")]
pub(crate) struct Stopped;

impl<'a> Takeover<'a> {
    pub(crate) fn new(client: Client, choices: &'a Choices, report: &'a mut Report) -> Self {
        let (seen, slice, waiting) = (Seen::default(), Vec::new(), Vec::new());
        Self { client, choices, report, seen, slice, size: 0, waiting }
    }

    /// Takes all of it over. `tell` hears after each slice how many lines and bytes were read. A [`Stopped`] is an error
    /// only because it ends early.
    pub(crate) async fn run(
        mut self,
        lines: &mut Lines<impl BufRead>,
        mut tell: impl FnMut(&Report, u64),
    ) -> Result<()> {
        let (mut current, mut began) = (None, Instant::now());
        while let Some(line) = lines.next().context("read the file")? {
            let line = match line {
                Ok(line) => line,
                Err(unreadable) => {
                    self.refuse_unreadable(&unreadable)?;
                    continue;
                }
            };
            if current.is_some_and(|current| line.kind < current) {
                let text = "Records of this kind come before those that name them.";
                self.refuse(&line, None, "OUT_OF_ORDER", text)?;
                continue;
            }
            if current != Some(line.kind) {
                self.finish(current.replace(line.kind), &mut began).await?;
            }
            let full = self.slice.len() >= self.choices.rows || self.size + line.row.len() > SLICE_BYTES;
            if full && !self.slice.is_empty() {
                self.flush().await?;
                tell(self.report, lines.bytes());
            }
            self.size += line.row.len();
            self.slice.push(line);
        }
        self.finish(current, &mut began).await
    }

    /// Sends the rest of a kind.
    async fn finish(&mut self, kind: Option<Kind>, began: &mut Instant) -> Result<()> {
        self.flush().await?;
        if let Some(kind) = kind {
            let took = began.elapsed();
            self.report.count(kind, |counts| counts.took += took);
        }
        *began = Instant::now();
        Ok(())
    }

    /// Sends what has come together, and what of it waits again and again until it is heard what it names. What waits for
    /// too long while nothing moves is refused.
    async fn flush(&mut self) -> Result<()> {
        let slice = std::mem::take(&mut self.slice);
        self.size = 0;
        self.send(slice).await?;
        self.settle().await
    }

    async fn settle(&mut self) -> Result<()> {
        let (mut wait, mut moved) = (FIRST_WAIT, Instant::now());
        while !self.waiting.is_empty() {
            tokio::time::sleep(wait).await;
            let waiting = std::mem::take(&mut self.waiting);
            let before = waiting.len();
            self.send(waiting).await?;
            if self.waiting.len() < before {
                (wait, moved) = (FIRST_WAIT, Instant::now());
            } else if moved.elapsed() > self.choices.patience {
                return self.give_up();
            } else {
                wait = LONGEST_WAIT.min(wait * 2);
            }
        }
        Ok(())
    }

    /// Refuses what still waits, each for what it waits for.
    fn give_up(&mut self) -> Result<()> {
        for line in std::mem::take(&mut self.waiting) {
            let text = "What it names was taken over, and its service has not heard of that in time: run the import again.";
            self.refuse(&line, None, "NOT_HEARD_YET", text)?;
        }
        Ok(())
    }

    async fn send(&mut self, lines: Vec<Line>) -> Result<()> {
        let Some(kind) = lines.first().map(|line| line.kind) else { return Ok(()) };
        let query = if kind == Kind::User { self.choices.grants.as_str() } else { "" };
        let rows: Vec<&str> = lines.iter().map(|line| line.row.as_str()).collect();
        let answers = self.client.send(kind, query, &rows, self.choices.dry_run).await?;
        for (line, answer) in lines.into_iter().zip(answers) {
            self.note(line, &answer)?;
        }
        Ok(())
    }

    fn note(&mut self, line: Line, answer: &RowAnswer) -> Result<()> {
        let key = answer.key.as_deref();
        match answer.outcome {
            Outcome::Refused => {
                let (code, text) = (answer.code.as_deref(), answer.message.as_deref());
                self.refuse(&line, key, code.unwrap_or("REFUSED"), text.unwrap_or_default())
            }
            Outcome::Waiting => match self.unknown(&answer.missing) {
                Some((code, text)) => self.refuse(&line, key, code, &text),
                None if self.choices.dry_run => self.there(&line, key, false),
                None => {
                    self.waiting.push(line);
                    Ok(())
                }
            },
            Outcome::Deleted => {
                let text =
                    "It was taken over before, and was deleted here since, or got another key: it stays so.";
                let (kind, code) = (Some(line.kind.name()), "DELETED_HERE");
                self.report.pass_over(&Refused { line: line.number, kind, key, code, text })
            }
            Outcome::Present => self.there(&line, key, true),
            Outcome::Added | Outcome::Valid => self.there(&line, key, false),
        }
    }

    /// Why a record can't be taken over that names these: one of them is neither known where it was asked for, nor was it
    /// taken over from this file.
    fn unknown(&self, missing: &[Reference]) -> Option<(&'static str, String)> {
        let lost = missing.iter().find(|other| !self.seen.contains(&other.kind, &other.key))?;
        let code = Kind::from_name(&lost.kind).map_or("UNKNOWN_RECORD", Kind::unknown);
        Some((
            code,
            format!(
                "There is no {} {}, neither in the file before it nor on the platform.",
                lost.kind, lost.key
            ),
        ))
    }

    /// The record is there, or would be.
    fn there(&mut self, line: &Line, key: Option<&str>, already: bool) -> Result<()> {
        if key.is_some_and(|key| !self.seen.insert(line.kind.name(), key)) {
            let text = "The file has another record with this key before it.";
            return self.refuse(line, key, "DUPLICATE", text);
        }
        self.report.count(line.kind, |counts| if already { counts.present += 1 } else { counts.added += 1 });
        Ok(())
    }

    fn refuse(&mut self, line: &Line, key: Option<&str>, code: &str, text: &str) -> Result<()> {
        let kind = Some(line.kind.name());
        self.refused(&Refused { line: line.number, kind, key, code, text })
    }

    fn refuse_unreadable(&mut self, line: &Unreadable) -> Result<()> {
        let Unreadable { number, kind, code, text } = line;
        self.refused(&Refused { line: *number, kind: kind.as_deref(), key: None, code, text })
    }

    fn refused(&mut self, refused: &Refused<'_>) -> Result<()> {
        self.report.refuse(refused)?;
        if self.choices.strict { Err(Stopped.into()) } else { Ok(()) }
    }
}
