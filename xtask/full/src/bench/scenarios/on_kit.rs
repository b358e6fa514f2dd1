//! The main reads and writes of services on the kit: through gateway, service and SQLite, by somebody who may do all of it.
//!
//! Each service has a part of its own, so that one can be measured without the others.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};

use super::librarian::Librarian;
use super::pages::Pages;
use super::session::Session;
use super::{authors, books, courses, enrollments, genres, lendings, progress, readers, students};
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::client::Client;
use crate::bench::figures::Figures;
use crate::bench::load::{Pace, Report, Target};
use crate::bench::{Bench, Part};

/// Requests of one run that fills something.
const CHUNK: u64 = 20_000;

/// What is measured of one service. The first case is what the others are set beside.
pub(in crate::bench) struct Measured {
    /// What was there at the beginning.
    pub(in crate::bench) heading: String,
    pub(in crate::bench) figures: Vec<Figures>,
    /// The same reads of the native server, each with which of the figures it stands beside.
    pub(in crate::bench) native: Vec<(usize, Figures)>,
    /// What was measured besides, as rows of a table.
    pub(in crate::bench) rows: Vec<(String, String)>,
}

/// A running Lyceum, to which rows and then cases are added.
pub(super) struct Subject<'b> {
    bench: &'b Bench,
    name: &'static str,
    librarian: Librarian,
    cases: Vec<Case<'b>>,
    pages: Pages,
    rows: Vec<(String, String)>,
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
        Part::Enrollments => ("enrollments", enrollments::prepare),
        Part::Progress => ("progress", progress::prepare),
        _ => return Ok(None),
    };
    let librarian = Librarian::start(bench, name)?;
    let (cases, pages, rows) = (Vec::new(), Pages::default(), Vec::new());
    let mut subject = Subject { bench, name, librarian, cases, pages, rows };
    let heading = prepare(&mut subject).with_context(|| format!("{name}: before the measurement"))?;
    let Subject { mut cases, pages, rows, .. } = subject;
    let own = cases.len();
    let native = pages.serve(bench, name)?;
    cases.extend(native.iter().flat_map(|native| pages.cases(native)));
    let mut figures = measure_cases(bench, &cases).context(name)?;
    let native = pages.beside().zip(figures.split_off(own)).collect();
    Ok(Some(Measured { heading, figures, native, rows }))
}

impl Subject<'_> {
    /// Adds so many of something before it is measured. `{unique}` in the body is another in each.
    pub(super) fn fill(&self, path: &str, body: &Value, count: u64) -> anyhow::Result<()> {
        let target = self.librarian.target(path, Some(body.to_string()));
        let mut left = count;
        while left > 0 {
            // What takes longer than a token is valid for takes several runs.
            let now = left.min(CHUNK);
            let connections = u32::try_from(now).unwrap_or(u32::MAX).min(self.bench.connections);
            target
                .run(&self.bench.programs.load, connections, Pace::Count(now))
                .with_context(|| format!("{count} times {path}"))?;
            left -= now;
        }
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
                let authorization = librarian.session().authorization()?;
                client.post_as(&librarian.url(path), Some(&authorization), body)
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

    /// Measures a read of somebody's.
    pub(super) fn reads_as(&mut self, session: &Arc<Session>, title: &'static str, path: &str) {
        let target = self.librarian.target(path, None);
        let target = Target { session: Some(Arc::clone(session)), ..target };
        self.cases.push(Case { title, target, with_half: true, ..Case::default() });
    }

    /// Has the last read that was added measured on the native server, too, which is given its answer of now.
    pub(super) fn beside_native(
        &mut self,
        access: Option<&str>,
        search: Option<&Value>,
    ) -> anyhow::Result<()> {
        let case = self.cases.last().context("a read")?;
        let path = case.target.url.strip_prefix(&self.librarian.url("")).context("a path")?.to_owned();
        let session = case.target.session.as_ref().context("whose read it is")?;
        let answer = self.librarian.client().get(&case.target.url, Some(&session.token()?))?;
        let page = json!({ "path": path, "answer": answer, "access": access, "search": search });
        self.pages.add(self.cases.len() - 1, case.title, path, page);
        Ok(())
    }

    /// Has the last case, a checkout with its return, measured on the native server, too, which has so many copies.
    pub(super) fn lends_beside_native(&mut self, copies: u32) -> anyhow::Result<()> {
        let case = self.cases.last().context("a checkout")?;
        let connections = case.connections.unwrap_or(self.bench.connections);
        self.pages.lend(self.cases.len() - 1, case.title, case.target.clone(), (copies, connections));
        Ok(())
    }

    /// Measures what is sent by PUT to a path, in which `{value}` is the next of these, by so many connections.
    pub(super) fn puts(
        &mut self,
        title: &'static str,
        (path, body): (&str, &Value),
        values: &[String],
        connections: u32,
    ) -> anyhow::Result<()> {
        let values = Some(self.values(&format!("values-{}.txt", self.cases.len()), values)?);
        let target = self.librarian.target(path, Some(body.to_string()));
        let target = Target { values, method: Some("PUT"), ..target };
        let connections = Some(connections);
        self.cases.push(Case { title, target, with_half: true, connections, ..Case::default() });
        Ok(())
    }

    /// Measures what each of these people sends by PUT, in turns.
    pub(super) fn puts_of_many(
        &mut self,
        title: &'static str,
        (path, body): (&str, &Value),
        people: &[Arc<Session>],
    ) -> anyhow::Result<()> {
        let tokens: Vec<String> =
            people.iter().map(|person| person.token()).collect::<anyhow::Result<_>>()?;
        self.puts(title, (path, body), &tokens, self.bench.connections)?;
        if let Some(case) = self.cases.last_mut() {
            case.target.session = None;
            case.target.headers.push("authorization: Bearer {value}".to_owned());
        }
        Ok(())
    }

    /// Puts load of this many requests on a path by POST, `{value}` being the next of these, at this pace.
    pub(super) fn run(&self, path: &str, body: &Value, values: &Path, pace: Pace) -> anyhow::Result<Report> {
        let target = self.librarian.target(path, Some(body.to_string()));
        let target = Target { values: Some(values.to_owned()), ..target };
        target.run(&self.bench.programs.load, self.bench.connections, pace)
    }

    /// Says something else that was measured.
    pub(super) fn row(&mut self, title: impl Into<String>, figure: impl Into<String>) {
        self.rows.push((title.into(), figure.into()));
    }

    /// For how long each case is measured.
    pub(super) const fn length(&self) -> Duration {
        self.bench.length
    }

    /// Stops Lyceum, has something done to its data, and starts it again, at another address.
    pub(super) fn meanwhile(&mut self, work: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.librarian.meanwhile(self.bench, self.name, work)
    }

    /// Signs somebody in again after that.
    pub(super) fn again(&self, person: &Session) -> anyhow::Result<Arc<Session>> {
        Ok(Arc::new(person.again(&self.librarian.url(""))?))
    }

    /// Where Lyceum keeps its data.
    pub(super) fn data(&self) -> PathBuf {
        self.bench.data(self.name)
    }

    /// How many of these are there before, of so many: fewer if the part is only tried.
    pub(super) fn rows_before(&self, all: u64) -> u64 {
        (all / self.bench.fewer).max(1)
    }

    /// Somebody who may do all of it, for single requests.
    pub(super) fn librarian(&self) -> &Librarian {
        &self.librarian
    }

    /// Takes these records over as those of the older library.
    pub(super) fn import(&self, records: &[Value]) -> anyhow::Result<()> {
        self.librarian.import(self.bench, records).context("records of the older library")
    }

    /// Many times as many as there are connections: what requests take in turns nobody else has then, although one of them waits while the
    /// others go on.
    pub(super) fn plenty(&self) -> u32 {
        self.bench.connections.max(16) * 16
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

    /// Measures something that is begun, with the next of these values for `{value}`, and ended by a POST to where it is, by so many
    /// connections.
    pub(super) fn begins_and_ends(
        &mut self,
        title: &'static str,
        (path, body): (&str, &str),
        values: &[String],
        then: &'static str,
        connections: u32,
    ) -> anyhow::Result<()> {
        let values = Some(self.values("values.txt", values)?);
        let target = self.librarian.target(path, Some(body.to_owned()));
        let (target, connections) = (Target { values, then: Some(then), ..target }, Some(connections));
        self.cases.push(Case { title, target, with_half: true, connections, ..Case::default() });
        Ok(())
    }

    /// Measures a form that adds something.
    pub(super) fn adds_by_form(&mut self, title: &'static str, path: &str, form: &str) {
        let mut target = self.librarian.target(path, Some(form.to_owned()));
        target.headers.push("content-type: application/x-www-form-urlencoded".to_owned());
        self.cases.push(Case { title, target, with_half: true, ..Case::default() });
    }

    /// Measures a write that adds something.
    pub(super) fn adds(&mut self, title: &'static str, path: &str, body: &Value) {
        self.case(title, path, Some(body.to_string()));
    }

    fn case(&mut self, title: &'static str, path: &str, body: Option<String>) {
        let target = self.librarian.target(path, body);
        self.cases.push(Case { title, target, with_half: true, ..Case::default() });
    }
}
