//! What parts about courses have in common: courses, people, those who learn, and jobs that bring in many.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::librarian::Librarian;
use super::on_kit::Subject;
use super::readers::user;
use super::session::Session;

pub(super) const COURSES: &str = "/api/v1/courses";
const PASSWORD: &str = "a loaf of rye at noon";
/// For what one service hears of another.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);
/// For jobs about thousands of people.
const JOBS: Duration = Duration::from_mins(30);

/// Sends a body to a path and gives the answer.
pub(super) type Send<'s> = &'s dyn Fn(&str, &Value) -> anyhow::Result<Value>;

/// What a course says of itself.
pub(super) fn course(title: &str, number: u64) -> Value {
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
pub(super) fn published(
    number: u64,
    modules: u64,
    lessons: u64,
    send: Send<'_>,
) -> anyhow::Result<[String; 3]> {
    let added = |path: &str, body: &Value| {
        let answer = send(path, body)?;
        anyhow::Ok(format!("{path}/{}", id(&answer)?))
    };
    let course = added(COURSES, &course(&format!("Baking bread {number}"), number))?;
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

/// The id of what was answered.
pub(super) fn id(answer: &Value) -> anyhow::Result<&str> {
    answer.get("id").and_then(Value::as_str).context("an id")
}

/// What stands behind the last slash of a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Somebody new with an account, who learns in this course.
pub(super) fn learner(subject: &Subject<'_>, email: &str, course: &str) -> anyhow::Result<Arc<Session>> {
    let librarian = subject.librarian();
    let account = json!({ "email": email, "password": PASSWORD, "display_name": "Ada" });
    let made = librarian.client().post(&librarian.url("/api/v1/auth/register"), &account)?;
    let person = made.get("user_id").and_then(Value::as_str).context("a user_id")?;
    let session = Session::begin(&librarian.url(""), email, PASSWORD)?;
    enroll(librarian, course, person)?;
    let own = format!("/api/v1/progress/users/me/courses/{}", last(course));
    until("the learner can begin", PATIENCE, || {
        librarian.client().get(&librarian.url(&own), Some(&session.token()?)).map(drop)
    })?;
    Ok(Arc::new(session))
}

/// Enrols somebody, once course and person are known.
pub(super) fn enroll(librarian: &Librarian, course: &str, person: &str) -> anyhow::Result<()> {
    librarian.until_answered(&format!("{course}/enrollments"), &json!({ "user_id": person })).map(drop)
}

/// Asks again until it is there.
pub(super) fn until<T>(
    what: &str,
    patience: Duration,
    mut ask: impl FnMut() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let until = Instant::now() + patience;
    loop {
        match ask() {
            Ok(there) => return Ok(there),
            Err(error) if Instant::now() > until => bail!("{what}: {error:#}"),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// The address of one of [`people`], who are counted from 1.
pub(super) fn address(number: u32) -> String {
    format!("reader-{number}@example.org")
}

/// Has so many people with accounts; their ids by address.
pub(super) fn people(subject: &Subject<'_>, count: u32) -> anyhow::Result<BTreeMap<String, String>> {
    let records: Vec<Value> = (1..=count).map(user).collect();
    subject.import(&records)?;
    subject.librarian().quiet()?;
    let listed = listed(subject.librarian())?;
    ensure!(listed.len() == usize::try_from(count)?, "{} of {count} are listed", listed.len());
    Ok(listed)
}

fn listed(librarian: &Librarian) -> anyhow::Result<BTreeMap<String, String>> {
    let (mut ids, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = librarian.get(&format!("/api/v1/users?q=reader-&limit=200{cursor}"))?;
        for item in page.get("items").and_then(Value::as_array).context("items")? {
            let text = |name| item.get(name).and_then(Value::as_str).context("a user").map(str::to_owned);
            ids.insert(text("email")?, text("user_id")?);
        }
        match page.get("next_cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(ids),
        }
    }
}

/// Where this job is.
pub(super) fn job(begun: &Value) -> anyhow::Result<String> {
    Ok(format!("/api/v1/jobs/{}", id(begun)?))
}

/// Whether the job goes on. An error if some of its rows were wrong.
pub(super) fn is_running(librarian: &Librarian, job: &str) -> anyhow::Result<bool> {
    let job = librarian.get(job)?;
    ensure!(job.get("failed").and_then(Value::as_i64) == Some(0), "rows failed: {job}");
    let state = job.get("state").and_then(Value::as_str).unwrap_or_default();
    ensure!(["running", "completed"].contains(&state), "{job}");
    Ok(state == "running")
}

/// Waits for the job's end.
pub(super) fn ended(librarian: &Librarian, job: &str) -> anyhow::Result<()> {
    let until = Instant::now() + JOBS;
    while is_running(librarian, job)? {
        ensure!(Instant::now() < until, "{job} did not end");
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
