//! The catalogue of courses: a course's page with its outline, a lesson that its learner may read, searches that fill a page, and
//! a course that is begun; the reads beside the native server.

use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use serde_json::json;

use super::on_kit::Subject;
use super::school::{self, COURSES as PATH};

/// Published courses that are there before, each with a module and a lesson.
const COURSES: u64 = 100_000;
/// Modules and lessons of the course whose page is read.
const MODULES: u64 = 10;
const LESSONS: u64 = 10;

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let courses = subject.rows_before(COURSES);
    subject.fill_each(courses, |number, send| school::published(number, 1, 1, send).map(drop))?;
    let whole = Mutex::new(None);
    subject.fill_each(1, |_, send| {
        let paths = school::published(courses, MODULES, LESSONS, send)?;
        *whole.lock().unwrap_or_else(PoisonError::into_inner) = Some(paths);
        Ok(())
    })?;
    let whole = whole.into_inner().unwrap_or_else(PoisonError::into_inner);
    let [course, module, lesson] = whole.context("the course that is read")?;
    let learner = school::learner(subject, "ada@example.org", &course)?;
    let client = subject.librarian().client().clone();
    let url = subject.librarian().url(&lesson);
    school::until("the learner reads", school::PATIENCE, || client.get(&url, Some(&learner.token()?)))?;

    subject.reads_as(&learner, "the course of a page", &course);
    subject.beside_native(None, None)?;
    subject.reads_as(&learner, "its outline: ten modules", &format!("{course}/modules"));
    subject.beside_native(None, None)?;
    subject.reads_as(&learner, "its outline: ten lessons of a module", &format!("{module}/lessons"));
    subject.beside_native(None, None)?;
    subject.reads_as(&learner, "a lesson with its text, by who is enrolled", &lesson);
    subject.beside_native(Some(school::last(&course)), None)?;
    subject.reads("a page of 50 of the catalogue", &format!("{PATH}?limit=50"));
    subject
        .reads("a search of two words that fills a page of 50", &format!("{PATH}?q=bread+baking&limit=50"));
    let text = "Baking bread From flour to loaf Baking Know flour from flour";
    let search = json!({ "rows": courses, "text": text, "words": "bread baking" });
    subject.beside_native(None, Some(&search))?;
    subject.reads(
        "a search of a word of one level and language",
        &format!("{PATH}?q=bread&level=beginner&language=pt&limit=50"),
    );
    subject.adds("a course that is begun", PATH, &school::course("Baking bread {unique}", 0));
    Ok(format!("Courses: the catalogue, `{PATH}`, with {courses} published courses at the beginning"))
}
