//! The catalogue of courses: a course's page with its outline and a lesson, searches that fill a page, and a course that is
//! begun.

use anyhow::Context;
use serde_json::{Value, json};

use super::on_kit::Subject;

const PATH: &str = "/api/v1/courses";
/// Published courses that are there before, each with a module and a lesson.
const COURSES: u64 = 100_000;
/// Modules and lessons of the course whose page is read.
const MODULES: u64 = 10;
const LESSONS: u64 = 10;

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    subject.fill_each(COURSES, |number, send| write(number, 1, 1, send).map(drop))?;
    let whole = std::sync::Mutex::new(None);
    subject.fill_each(1, |_, send| {
        let paths = write(COURSES, MODULES, LESSONS, send)?;
        *whole.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(paths);
        Ok(())
    })?;
    let [course, module, lesson] = whole
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .context("the course that is read")?;
    subject.reads("the course of a page", &format!("{course}?version=1"));
    subject.reads("its outline: ten modules", &format!("{course}/modules?version=1"));
    subject.reads("its outline: ten lessons of a module", &format!("{module}/lessons?version=1"));
    subject.reads("a lesson with its text", &format!("{lesson}?version=1"));
    subject.reads("a page of 50 of the catalogue", &format!("{PATH}?limit=50"));
    subject
        .reads("a search of two words that fills a page of 50", &format!("{PATH}?q=bread+baking&limit=50"));
    subject.reads(
        "a search of a word of one level and language",
        &format!("{PATH}?q=bread&level=beginner&language=pt&limit=50"),
    );
    subject.adds("a course that is begun", PATH, &course_named("Baking bread {unique}", 0));
    Ok(format!("Courses: the catalogue, `{PATH}`, with {COURSES} published courses at the beginning"))
}

fn course_named(title: &str, number: u64) -> Value {
    json!({
        "title": title,
        "visibility": "public",
        "short_description": "From flour to loaf.",
        "level": if number.is_multiple_of(3) { "beginner" } else { "advanced" },
        "language": if number.is_multiple_of(2) { "pt" } else { "en" },
        "tags": ["Baking"],
        "learning_objectives": ["Know flour from flour"],
    })
}

/// A published course with so many modules of so many lessons; its path, and those of the last module and lesson.
fn write(
    number: u64,
    modules: u64,
    lessons: u64,
    send: &dyn Fn(&str, &Value) -> anyhow::Result<Value>,
) -> anyhow::Result<[String; 3]> {
    let added = |path: &str, body: &Value| {
        let answer = send(path, body)?;
        let id = answer.get("id").and_then(Value::as_str).context("an id")?;
        anyhow::Ok(format!("{path}/{id}"))
    };
    let course = added(PATH, &course_named(&format!("Baking bread {number}"), number))?;
    let (mut module, mut lesson) = (String::new(), String::new());
    for _ in 0..modules {
        module = added(&format!("{course}/modules"), &json!({ "title": "Flour" }))?;
        for _ in 0..lessons {
            let text = json!({ "text_content": "*Rye* is not wheat. ".repeat(100) });
            let body = json!({ "title": "Rye", "type": "text", "content": text });
            lesson = added(&format!("{module}/lessons"), &body)?;
        }
    }
    send(&format!("{course}/publish"), &json!({}))?;
    Ok([course, module, lesson])
}
