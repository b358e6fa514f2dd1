//! The main reads and writes of services on the kit: through gateway, service and SQLite, by somebody who may do all of it.
//!
//! Each service has a part of its own, so that one can be measured without the others.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use serde_json::Value;

use super::librarian::Librarian;
use super::{authors, books, courses, genres, lendings, readers, students};
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::client::Client;
use crate::bench::figures::Figures;
use crate::bench::load::{Pace, Target};
use crate::bench::{Bench, Part};

/// What is measured of one service. The first case is what the others are set beside.
pub(in crate::bench) struct Measured {
    /// What was there at the beginning.
    pub(in crate::bench) heading: String,
    pub(in crate::bench) figures: Vec<Figures>,
}

/// A running Lyceum, to which rows and then cases are added.
pub(super) struct Subject<'b> {
    bench: &'b Bench,
    librarian: Librarian,
    cases: Vec<Case<'b>>,
}

/// Measures the service of this part; nothing if the part is about something else.
pub(in crate::bench) fn measure(bench: &Bench, part: Part) -> anyhow::Result<Option<Measured>> {
    let (name, prepare): (_, fn(&mut Subject<'_>) -> anyhow::Result<String>) = match part {
        Part::Genres => ("genres", genres::prepare),
        Part::Authors => ("authors", authors::prepare),
        Part::Books => ("books", books::prepare),
        Part::Readers => ("readers", readers::prepare),
        Part::Lendings => ("lendings", lendings::prepare),
        Part::Students => ("students", students::prepare),
        Part::Courses => ("courses", courses::prepare),
        _ => return Ok(None),
    };
    let mut subject = Subject { bench, librarian: Librarian::start(bench, name)?, cases: Vec::new() };
    let heading = prepare(&mut subject).with_context(|| format!("{name}: before the measurement"))?;
    let figures = measure_cases(bench, &subject.cases).context(name)?;
    Ok(Some(Measured { heading, figures }))
}

impl Subject<'_> {
    /// Adds so many of something before it is measured. `{unique}` in the body is another in each.
    pub(super) fn fill(&self, path: &str, body: &Value, count: u64) -> anyhow::Result<()> {
        let target = self.librarian.target(path, Some(body.to_string()));
        let connections = u32::try_from(count).unwrap_or(u32::MAX).min(self.bench.connections);
        target
            .run(&self.bench.programs.load, connections, Pace::Count(count))
            .with_context(|| format!("{count} times {path}"))?;
        Ok(())
    }

    /// Adds so many of what takes several requests each, which are answered one after the other. `add` is given a number
    /// and what sends a body to a path and gives the answer.
    pub(super) fn fill_each(
        &self,
        count: u64,
        add: impl Fn(u64, &dyn Fn(&str, &Value) -> anyhow::Result<Value>) -> anyhow::Result<()> + Sync,
    ) -> anyhow::Result<()> {
        let (next, librarian) = (AtomicU64::new(0), &self.librarian);
        let work = || {
            let client = Client::new();
            let send = |path: &str, body: &Value| {
                client.post_as(&librarian.url(path), Some(librarian.authorization()), body)
            };
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                add(number, &send)?;
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.bench.connections).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| match worker.join() {
                Ok(done) => done,
                Err(_) => Err(anyhow::anyhow!("a worker panicked")),
            })
        })
    }

    /// Measures a read.
    pub(super) fn reads(&mut self, title: &'static str, path: &str) {
        self.case(title, path, None);
    }

    /// Somebody who may do all of it, for single requests.
    pub(super) fn librarian(&self) -> &Librarian {
        &self.librarian
    }

    /// Takes these records over as those of the older library.
    pub(super) fn import(&self, records: &[Value]) -> anyhow::Result<()> {
        self.librarian.import(self.bench, records).context("records of the older library")
    }

    /// A few times as many as there are connections: what requests take in turns nobody else has then.
    pub(super) fn plenty(&self) -> u32 {
        self.bench.connections.max(16) * 4
    }

    /// A file with these lines, for requests that take them in turns.
    pub(super) fn values(&self, name: &str, lines: &[String]) -> anyhow::Result<PathBuf> {
        let file = self.bench.data(name);
        std::fs::write(&file, lines.join("\n")).with_context(|| format!("can't write {}", file.display()))?;
        Ok(file)
    }

    /// Adds one of something for each of these values, which stand for `{value}` in the body.
    pub(super) fn fill_with(&self, path: &str, body: &Value, values: &[String]) -> anyhow::Result<()> {
        let file = self.values("filling.txt", values)?;
        let target = Target { values: Some(file), ..self.librarian.target(path, Some(body.to_string())) };
        let count = u64::try_from(values.len()).unwrap_or(u64::MAX);
        let run = target.run(&self.bench.programs.load, self.bench.connections, Pace::Count(count));
        run.map(drop).with_context(|| format!("{count} times {path}"))
    }

    /// Measures something that is begun, with the next of these values for `{value}`, and ended by a POST to where it is.
    pub(super) fn begins_and_ends(
        &mut self,
        title: &'static str,
        (path, body): (&str, &str),
        values: &[String],
        then: &'static str,
    ) -> anyhow::Result<()> {
        let values = Some(self.values("values.txt", values)?);
        let target = self.librarian.target(path, Some(body.to_owned()));
        let target = Target { values, then: Some(then), ..target };
        self.cases.push(Case { title, target, with_half: true, commits: None });
        Ok(())
    }

    /// Measures a form that adds something.
    pub(super) fn adds_by_form(&mut self, title: &'static str, path: &str, form: &str) {
        let mut target = self.librarian.target(path, Some(form.to_owned()));
        target.headers.push("content-type: application/x-www-form-urlencoded".to_owned());
        self.cases.push(Case { title, target, with_half: true, commits: None });
    }

    /// Measures a write that adds something.
    pub(super) fn adds(&mut self, title: &'static str, path: &str, body: &Value) {
        self.case(title, path, Some(body.to_string()));
    }

    fn case(&mut self, title: &'static str, path: &str, body: Option<String>) {
        let target = self.librarian.target(path, body);
        self.cases.push(Case { title, target, with_half: true, commits: None });
    }
}
