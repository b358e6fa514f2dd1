//! What the older library's own load tests ask for, of Lyceum and of a server of Spring Boot, JPA and H2 that stands in for it.
//!
//! The stand-in (`tests/load/monolith`) checks no token and keeps its rows in memory; Lyceum checks one in each request and
//! syncs the disk for each author.

use std::process::Command;

use anyhow::Context;
use serde_json::json;

use super::librarian::Librarian;
use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::load::{Pace, Target};
use crate::bench::native::Native;
use xtask::process::{run, step};

/// Authors who are there before, and those among them whom the search finds.
const AUTHORS: u64 = 1_000;
const FOUND: u64 = 10;
const ISBN: &str = "9780804429573";
const FORM: &str = "content-type: application/x-www-form-urlencoded";
const AUTHOR: &str = "name=Virginia+{unique}&bio=A+life.";
const STAND_IN: &str = "Spring Boot, JPA and H2 in memory, without tokens";
const LYCEUM: &str = "Lyceum: gateway, service, SQLite";

/// One route on both.
pub(in crate::bench) struct Pair {
    pub(in crate::bench) route: &'static str,
    pub(in crate::bench) stand_in: Figures,
    pub(in crate::bench) lyceum: Figures,
}

const ROUTES: [(&str, &str, Option<&str>); 3] = [
    ("GET /api/authors?name=…, which finds ten of 1,010", "/api/authors?name=Zora", None),
    ("GET /api/books/{isbn}", "/api/books/9780804429573", None),
    ("POST /api/authors", "/api/authors", Some(AUTHOR)),
];

/// Measures each route on both in turns.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Vec<Pair>> {
    let stand_in = start_stand_in(bench)?;
    let librarian = Librarian::start(bench, "monolith")?;
    let old = |path: &str, body: Option<&str>| Target {
        url: stand_in.url(path),
        pids: vec![stand_in.pid()],
        headers: vec![FORM.to_owned()],
        body: body.map(str::to_owned),
        ..Target::default()
    };
    let new = |path: &str, body: Option<&str>| {
        let mut target = librarian.target(path, body.map(str::to_owned));
        target.headers.push(FORM.to_owned());
        target
    };
    let fill = |target: &Target, count| {
        let load = &bench.programs.load;
        target.run(load, bench.connections, Pace::Count(count)).map(drop).context("before the measurement")
    };
    for (name, count) in [("Virginia", AUTHORS), ("Zora", FOUND)] {
        let author = format!("name={name}+{{unique}}&bio=A+life.");
        fill(&old("/api/authors", Some(&author)), count)?;
        fill(&new("/api/authors", Some(&author)), count)?;
    }
    fill(&old("/api/books", Some(&format!("isbn={ISBN}&title=Emma&author=1"))), 1)?;
    let book = json!({ "isbn": ISBN, "title": "Emma", "contributors": [{ "name": "Jane Austen" }] });
    fill(&librarian.target("/api/v1/books", Some(book.to_string())), 1)?;

    let cases =
        ROUTES.iter().flat_map(|(_, path, body)| [(STAND_IN, old(path, *body)), (LYCEUM, new(path, *body))]);
    let cases: Vec<_> =
        cases.map(|(title, target)| Case { title, target, with_half: true, ..Case::default() }).collect();
    let mut figures = measure_cases(bench, &cases)?.into_iter();
    let mut pair = |route| Some(Pair { route, stand_in: figures.next()?, lyceum: figures.next()? });
    ROUTES.iter().map(|(route, ..)| pair(*route).context("a case has no figures")).collect()
}

/// Builds the stand-in with Maven and starts it.
fn start_stand_in(bench: &Bench) -> anyhow::Result<Native> {
    let output = bench.data("stand-in");
    step("building the stand-in for the monolith");
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "-DskipTests", "package"]).arg(format!("-Doutput={}", output.display()));
    run(maven.current_dir(bench.root.join("tests/load/monolith")))?;
    let mut java = Command::new("java");
    java.arg("-jar").arg(output.join("monolith-stand-in.jar"));
    Native::started_by(java)
}
