//! What became of the lines of a file.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use lyceum_console::remark;
use serde_json::{Value, json};

use super::kind::Kind;

/// So many refused lines are shown where no report is written.
const SHOWN: u64 = 20;

/// How many lines of a kind came to what.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    /// Taken over now; in a dry run, such as would be.
    pub(crate) added: u64,
    /// There already.
    pub(crate) present: u64,
    /// Taken over before, and deleted here since.
    pub(crate) deleted: u64,
    pub(crate) refused: u64,
    /// How long they took, with the waiting for what they name.
    pub(crate) took: Duration,
}

/// A line that was refused, or whose record was deleted here.
#[derive(Debug)]
pub(super) struct Refused<'a> {
    pub(super) line: u64,
    pub(super) kind: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) code: &'a str,
    pub(super) text: &'a str,
}

/// Counts lines, and writes down what was refused and why.
pub(crate) struct Report {
    file: Option<BufWriter<File>>,
    counts: [(Kind, Counts); Kind::ALL.len()],
    /// Lines whose kind can't be read.
    unreadable: u64,
}

impl Report {
    /// One that is written to this file, if there is one: anew.
    pub(crate) fn new(file: Option<&Path>) -> Result<Self> {
        let create = |path: &Path| File::create(path).with_context(|| format!("write {}", path.display()));
        let file = file.map(create).transpose()?.map(BufWriter::new);
        Ok(Self { file, counts: Kind::ALL.map(|kind| (kind, Counts::default())), unreadable: 0 })
    }

    /// Counts a line of this kind.
    pub(super) fn count(&mut self, kind: Kind, add: impl FnOnce(&mut Counts)) {
        if let Some((_, counts)) = self.counts.iter_mut().find(|(of, _)| *of == kind) {
            add(counts);
        }
    }

    /// Notes a line whose record was deleted here since it was taken over. It is written down as those that were refused are.
    pub(super) fn pass_over(&mut self, deleted: &Refused<'_>) -> Result<()> {
        if let Some(kind) = deleted.kind.and_then(Kind::from_name) {
            self.count(kind, |counts| counts.deleted += 1);
        }
        self.file.as_mut().map_or(Ok(()), |file| write(file, deleted))
    }

    /// Notes a line that was refused.
    pub(super) fn refuse(&mut self, refused: &Refused<'_>) -> Result<()> {
        let noted = refused;
        let Refused { line, kind, code, text, .. } = refused;
        match kind.and_then(Kind::from_name) {
            Some(kind) => self.count(kind, |counts| counts.refused += 1),
            None => self.unreadable += 1,
        }
        let refused = self.refused();
        match &mut self.file {
            Some(file) => write(file, noted)?,
            None if refused <= SHOWN => {
                remark(format!("line {line}: {}: {code}: {text}", kind.unwrap_or("unreadable")));
            }
            None if refused == SHOWN + 1 => remark("More was refused: see all of it with --report FILE."),
            None => {}
        }
        Ok(())
    }

    /// Writes down what isn't yet.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush).context("write the report")
    }

    /// How many lines were refused.
    pub(crate) fn refused(&self) -> u64 {
        self.counts.iter().map(|(_, counts)| counts.refused).sum::<u64>() + self.unreadable
    }

    /// How many lines came to anything so far.
    pub(crate) fn total(&self) -> u64 {
        let of =
            |(_, counts): &(Kind, Counts)| counts.added + counts.present + counts.deleted + counts.refused;
        self.counts.iter().map(of).sum::<u64>() + self.unreadable
    }

    /// The kinds of which there were lines, in their order.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (Kind, Counts)> {
        self.counts.iter().copied().filter(|(_, counts)| *counts != Counts::default())
    }

    /// The same for machines.
    pub(crate) fn to_json(&self) -> Value {
        let of = |(kind, Counts { added, present, deleted, refused, took }): (Kind, Counts)| {
            let seconds = took.as_secs_f64();
            let counts = json!({
                "added": added, "present": present, "deleted": deleted, "refused": refused, "seconds": seconds,
            });
            (kind.name().to_owned(), counts)
        };
        Value::Object(self.kinds().map(of).collect())
    }
}

fn write(file: &mut BufWriter<File>, noted: &Refused<'_>) -> Result<()> {
    let Refused { line, kind, key, code, text } = noted;
    let object = json!({"line": line, "kind": kind, "key": key, "code": code, "text": text});
    writeln!(file, "{object}").context("write the report")
}
