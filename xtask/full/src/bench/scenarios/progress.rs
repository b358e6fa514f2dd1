//! Progress: a learner's own, an update of it, the gradebook of a class, and what one grade costs in a small and in a large class.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::json;

use super::classes::{self, ITEMS, item, learner};
use super::on_kit::Subject;
use super::school;

/// Learners with accounts, who say how far they are.
const ACTIVE: u32 = 32;
/// Classes, by how many learn there.
const CLASSES: [usize; 3] = [10, 1_000, 10_000];
/// For totals, which are counted on the tick of a minute.
const SETTLES: Duration = Duration::from_mins(10);

/// Prepares. Lyceum is started once more, since grades by the million are put into its database by hand.
pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let [course, _, lesson] = published(subject, 1)?;
    let mut learners = Vec::new();
    for number in 0..ACTIVE {
        learners.push(school::learner(subject, &format!("learner-{number}@example.org"), &course)?);
    }
    let mut classes = Vec::new();
    for (number, size) in (2..).zip(CLASSES) {
        let [class, ..] = published(subject, number)?;
        let size = subject.rows_before(u64::try_from(size)?);
        classes.push((school::last(&class).to_owned(), usize::try_from(size)?.max(10)));
    }
    subject.librarian().quiet()?;
    subject.meanwhile(|data| classes::fill(&data.join("sql/progress.db"), &classes))?;
    let learners: Vec<_> =
        learners.iter().map(|learner| subject.again(learner)).collect::<anyhow::Result<_>>()?;

    let own = |path: &str| path.replacen("/api/v1/courses", "/api/v1/progress/users/me/courses", 1);
    let first = learners.first().context("a learner")?;
    subject.reads_as(first, "how far a learner is in a course", &own(&course));
    subject.beside_native(Some(school::last(&course)), None)?;
    let update =
        json!({ "percent_complete": 40, "time_spent": 300, "last_position": 125, "device_id": "phone" });
    let title = "a learner says how far they are in a lesson";
    subject.puts_of_many(title, (&own(&lesson), &update), &learners)?;

    let book = |(course, _): &(String, usize)| format!("/api/v1/progress/courses/{course}/gradebook");
    let [small, class, large] = classes.as_slice() else { bail!("three classes") };
    settle(subject, &book(class))?;
    let page = format!("{}/learners?limit=50", book(class));
    subject.reads("the gradebook of a class: a page of 50 learners", &page);
    subject.beside_native(None, None)?;
    let one = format!("{}/learners/{}", book(class), learner(7));
    subject.reads("the gradebook of a class: the 100 grades of one learner", &one);
    subject.beside_native(None, None)?;
    let grade = json!({ "points": "5", "comment": "{unique}" });
    for (title, at, class) in [
        ("one grade after another: 100 items, 10 learners", 0, small),
        ("one grade after another: 100 items, 10,000 learners", 2, large),
    ] {
        let next =
            |number: usize| format!("{}/grades/{}", learner(number * 7 % class.1), item(at, number % ITEMS));
        let values: Vec<String> = (0..1_000).map(next).collect();
        subject.puts(title, (&format!("{}/learners/{{value}}", book(class)), &grade), &values, 1)?;
    }
    Ok(format!("Progress, and the gradebook of a class of {} with {ITEMS} items", class.1))
}

/// A published course with two modules of five lessons; its path, and those of the last module and lesson.
fn published(subject: &Subject<'_>, number: u64) -> anyhow::Result<[String; 3]> {
    let librarian = subject.librarian();
    school::published(number, 2, 5, &|path, body| librarian.post(path, body))
}

/// Has everybody's total counted, by setting what holds for all.
fn settle(subject: &Subject<'_>, book: &str) -> anyhow::Result<()> {
    let librarian = subject.librarian();
    let mut settings = librarian.get(book)?;
    for member in ["course_id", "updated_at"] {
        settings.as_object_mut().context("settings")?.remove(member);
    }
    librarian.client().put(&librarian.url(book), &librarian.session().token()?, &settings)?;
    let database = subject.data().join("sql/progress.db");
    school::until("totals are counted", SETTLES, || {
        let left = classes::unsettled(&database)?;
        ensure!(left == 0, "{left} gradebooks are not settled");
        Ok(())
    })
}
