//! What a grade costs in a large class. Run by hand, since it measures: `--ignored --nocapture figures`.

use std::time::{Duration, Instant};

use super::graded::*;
use super::*;

const LEARNERS: usize = 10_000;
const ITEMS: usize = 100;

/// The id with this number, of one kind.
fn id(kind: usize, number: usize) -> String {
    format!("01890000-0000-7000-8{kind:03}-{number:012}")
}

/// A class whose learners have all grades; SQLite alone makes rows in one statement.
fn class(app: &App, scene: &Graded, learners: usize) {
    let course = scene.course.id;
    let numbers = |most: usize| {
        format!(
            "(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {most}) SELECT i FROM n)"
        )
    };
    let text = |kind: usize, number: &str| {
        let digits = format!("CAST({number} AS TEXT)");
        format!(
            "'01890000-0000-7000-8{kind:03}-' || substr('000000000000' || {digits}, length({digits}) + 1)"
        )
    };
    let (user, item) = (text(1, "l.i"), text(2, "t.i"));
    for statement in [
        format!(
            "INSERT INTO enrollments_seen (enrollment_id, course_id, user_id, course_version, enrolled_at, ended, enrollments_sequence) \
             SELECT {}, '{course}', {user}, 1, 1, FALSE, 1 FROM {} l",
            text(3, "l.i"),
            numbers(learners)
        ),
        format!(
            "INSERT INTO grade_items (id, course_id, kind, title, points_possible, extra_credit, hidden, locked, position, \
             course_version, version, created_at, updated_at) SELECT {item}, '{course}', 'manual', 'Item', '7', FALSE, FALSE, FALSE, \
             t.i, 0, 1, 1, 1 FROM {} t",
            numbers(ITEMS)
        ),
        format!(
            "INSERT INTO grades (id, course_id, user_id, item_id, points, excused, hidden, locked, version, updated_at) \
             SELECT {}, '{course}', {user}, {item}, (l.i + t.i) % 8, FALSE, FALSE, FALSE, 1, 1 FROM {} l, {} t",
            text(4, "(l.i * 100 + t.i)"),
            numbers(learners),
            numbers(ITEMS)
        ),
        format!(
            "INSERT INTO grade_totals (course_id, user_id, total, revision, version) SELECT '{course}', {user}, 'null', 0, 1 FROM {} l",
            numbers(learners)
        ),
    ] {
        app.commit_first(&statement);
        // Any commit of the service.
        let settings = teacher(app).get(&scene.gradebook()).send().expect(200);
        let mut body = settings.json();
        for member in ["course_id", "updated_at"] {
            body.as_object_mut().unwrap().remove(member);
        }
        teacher(app).put(&scene.gradebook()).if_match(settings.tag()).json(&body).send().expect(200);
    }
}

/// The time in the middle of some runs.
fn typical(mut run: impl FnMut(usize)) -> Duration {
    let mut times: Vec<Duration> = (0..41)
        .map(|at| {
            let begun = Instant::now();
            run(at);
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

#[test]
#[ignore = "measures"]
fn a_grade_costs_as_much_in_a_class_of_ten_thousand_as_in_one_of_ten() {
    for learners in [10, LEARNERS] {
        let app = &App::new(&SERVICE).sqlite();
        let scene = graded(app, &Value::Null, &Value::Null);
        class(app, &scene, learners);
        let entered = typical(|at| {
            let path = format!(
                "{}/learners/{}/grades/{}",
                scene.gradebook(),
                id(1, at % learners),
                id(2, at % ITEMS)
            );
            teacher(app).put(&path).json(&json!({ "points": at % 8 })).send().expect(200);
        });
        let read = typical(|at| {
            let path = format!("{}/learners/{}", scene.gradebook(), id(1, at % learners));
            teacher(app).get(&path).send().expect(200);
        });
        let begun = Instant::now();
        let mut ticks = 0;
        let unsettled = || {
            let statement = lyceum_kit::prelude::statement(
                "SELECT course_id FROM gradebooks WHERE settled < revision",
                Vec::new(),
            );
            app.run(|| lyceum_kit::prelude::query_all::<(Uuid,)>(statement).unwrap().len())
        };
        while unsettled() > 0 {
            app.tick("minute").unwrap();
            ticks += 1;
        }
        let settled = begun.elapsed();
        let page = typical(|_| {
            drop(teacher(app).get(&format!("{}/learners", scene.gradebook())).send().expect(200));
        });
        println!(
            "{learners} learners x {ITEMS} items: a grade {entered:?}, one learner {read:?}, a page of 50 {page:?}, all again {settled:?} in {ticks} ticks"
        );
    }
}
