//! Enrolments: what a cohort of thousands that is enrolled as a job costs those who enrol elsewhere meanwhile, how many are enrolled
//! a second, and reads of a course that many are in.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::json;

use super::on_kit::Subject;
use super::school::{self, address, ended, id, is_running, job};
use crate::bench::ROUNDS;
use crate::bench::load::{Pace, Report};
use crate::bench::percentiles::median;
use xtask::process::step;

/// People of the cohort.
const COHORT: u64 = 8_000;
/// Who enrol elsewhere in one go, as fast as they are answered.
const AT_ONCE: u64 = 1_000;
/// Who enrol elsewhere each second, before and during the job.
const RATE: u32 = 50;
/// Runs in which they do so during the job, at most.
const DURING: usize = 9;

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let (cohort, at_once) = (subject.rows_before(COHORT), subject.rows_before(AT_ONCE));
    let each = each_run(subject);
    let others = each * u64::try_from(ROUNDS + DURING)? + at_once;
    let [large, elsewhere] = [courses(subject, 1)?, courses(subject, 2)?];
    let people = school::people(subject, u32::try_from(cohort + others)?)?;
    let gathered = gathered(subject, u32::try_from(cohort)?)?;
    let mut others = Others {
        people: &people,
        next: u32::try_from(cohort)? + 1,
        path: format!("{elsewhere}/enrollments"),
    };

    let run = others.enrol(subject, at_once, Pace::Count(at_once))?;
    subject.row(format!("{at_once} people enrolled one by one, each with its saga"), rate(&run));
    subject.librarian().quiet()?;
    let alone = (0..ROUNDS)
        .map(|_| others.enrol(subject, each, open(subject)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    subject.librarian().quiet()?;

    let begun = Instant::now();
    let job = job(&subject
        .librarian()
        .post(&format!("{large}/enrollments/cohorts"), &json!({ "cohort_id": gathered }))?)?;
    let mut meanwhile = Vec::new();
    for _ in 0..DURING {
        let run = others.enrol(subject, each, open(subject))?;
        // What ran beside the job's end is no figure of what the job costs.
        if !is_running(subject.librarian(), &job)? {
            break;
        }
        meanwhile.push(run);
    }
    ended(subject.librarian(), &job)?;
    let took = begun.elapsed().as_secs_f64();
    subject.librarian().quiet()?;
    let settled = begun.elapsed().as_secs_f64();
    step(format_args!("{cohort} people of a cohort in {took:.1} s, {settled:.1} s with all that follows"));
    ensure!(!meanwhile.is_empty(), "the job ended too early to measure anything beside it");
    subject.row(format!("{cohort} people of a cohort, enrolled as a job"), format!("{took:.1} s"));
    subject
        .row("the same, with their sagas and all that other services hear of it", format!("{settled:.1} s"));
    for (when, runs) in [("before the job", &alone), ("during the job", &meanwhile)] {
        let of = |value: fn(&Report) -> f64| median(runs.iter().map(value)) / 1000.0;
        let (p50, p99) = (of(|run| run.latency_us.p50), of(|run| run.latency_us.p99));
        let title = format!("somebody enrolled elsewhere, {RATE} a second, {when}: p50, p99");
        subject.row(title, format!("{p50:.1} ms, {p99:.1} ms"));
    }
    let (_, first) = people.first_key_value().context("somebody")?;
    subject.reads("a page of 50 of a course's enrolments", &format!("{large}/enrollments?limit=50"));
    subject.reads("somebody's enrolment in it", &format!("{large}/enrollments?user_id={first}"));
    subject.reads("how people enrol, and how many have", &format!("{large}/enrollment-settings"));
    Ok(format!("Enrolments, with {cohort} people in one course"))
}

/// People who enrol elsewhere.
struct Others<'p> {
    /// Ids by address.
    people: &'p BTreeMap<String, String>,
    /// The number of who is next.
    next: u32,
    path: String,
}

impl Others<'_> {
    /// Has the next ones of them enrolled.
    fn enrol(&mut self, subject: &Subject<'_>, count: u64, pace: Pace) -> anyhow::Result<Report> {
        let numbers = self.next..self.next + u32::try_from(count)?;
        self.next = numbers.end;
        let own = |number: u32| self.people.get(&address(number)).cloned().context("somebody who is new");
        let ids = numbers.map(own).collect::<anyhow::Result<Vec<_>>>()?;
        let values = subject.values("enrolling.txt", &ids)?;
        subject.run(&self.path, &json!({ "user_id": "{value}" }), Path::new(&values), pace)
    }
}

/// At their rate for as long as each case is measured.
fn open(subject: &Subject<'_>) -> Pace {
    Pace::Open(RATE, subject.length())
}

/// Who enrol in such a time, its warm-up, and a little more.
fn each_run(subject: &Subject<'_>) -> u64 {
    u64::from(RATE) * (subject.length().as_secs() + 2)
}

fn rate(run: &Report) -> String {
    format!(
        "{:.0}/s, p50 {:.1} ms, p99 {:.1} ms",
        run.requests_per_second,
        run.latency_us.p50 / 1000.0,
        run.latency_us.p99 / 1000.0
    )
}

/// A published course.
fn courses(subject: &Subject<'_>, number: u64) -> anyhow::Result<String> {
    let librarian = subject.librarian();
    let [course, ..] = school::published(number, 1, 1, &|path, body| librarian.post(path, body))?;
    Ok(course)
}

/// A cohort of the first people; its id.
fn gathered(subject: &Subject<'_>, count: u32) -> anyhow::Result<String> {
    let librarian = subject.librarian();
    let school = librarian.post("/api/v1/organizations", &json!({ "name": "Open School" }))?;
    let fields = json!({ "organization_id": id(&school)?, "name": "Class of 2027" });
    let cohort = id(&librarian.post("/api/v1/cohorts", &fields)?)?.to_owned();
    let addresses: Vec<String> = (1..=count).map(address).collect();
    let file = format!("email\n{}\n", addresses.join("\n"));
    let url = librarian.url(&format!("/api/v1/cohorts/{cohort}/imports"));
    let begun = librarian.client().post_csv(&url, &librarian.session().authorization()?, &file)?;
    ended(librarian, &job(&begun)?)?;
    // Enrolments hear who is in it.
    librarian.quiet()?;
    Ok(cohort)
}
