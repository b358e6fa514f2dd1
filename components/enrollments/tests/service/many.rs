//! What many people at once cost others: a figure, for `--ignored` alone.

use std::time::{Duration, Instant};

use super::*;

const COHORT: usize = 8_000;
/// So many enrol by themselves elsewhere meanwhile.
const OTHERS: usize = 200;

fn delivered(app: &App, kind: &str, aggregate: (&str, Uuid), sequence: u64, data: Value) {
    let event = Event::new(&format!("lyceum.users.{kind}.v1"), data);
    app.deliver(&event.about(aggregate.0, &aggregate.1.to_string(), sequence)).unwrap();
}

fn median_and_p99(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// How long it takes each of these to enrol by themselves.
fn each(app: &App, course: Uuid, users: &[Uuid]) -> Vec<Duration> {
    let timed = |user: &Uuid| {
        let begun = Instant::now();
        enrolled(app, course, *user);
        begun.elapsed()
    };
    users.iter().map(timed).collect()
}

#[test]
#[ignore = "a figure: takes minutes"]
fn eight_thousand_people_slow_nobody() {
    App::new(&SERVICE).on_each_database(|app| {
        let (organization, cohort, course, elsewhere) = (ids::new(), ids::new(), course(app), course(app));
        let about = ("cohort", cohort);
        let made = json!({ "cohort_id": cohort, "organization_id": organization, "name": "A", "created_at": now() });
        delivered(app, "CohortCreated", about, 1, made);
        for sequence in 2..=u64::try_from(COHORT).unwrap() + 1 {
            let added = json!({
                "cohort_id": cohort, "organization_id": organization, "user_id": ids::new(), "joined_at": now(),
            });
            delivered(app, "CohortMemberAdded", about, sequence, added);
        }
        let users: Vec<Uuid> = (0..2 * OTHERS).map(|_| ids::new()).collect();
        let alone = median_and_p99(each(app, elsewhere, &users[..OTHERS]));
        let path = format!("/api/v1/courses/{course}/enrollments/cohorts");
        let begun = admin(app).post(&path).json(&json!({ "cohort_id": cohort })).send().expect(202);
        let job = begun.header("location").unwrap();
        let results = app.in_parallel(2, |at, app| {
            let started = Instant::now();
            if at == 1 {
                return (started.elapsed(), each(app, elsewhere, &users[OTHERS..]));
            }
            let mut handled = 0;
            while admin(app).get(job).send().expect(200).json()["state"] == "running" {
                let driving = app.events_of("lyceum.enrollments.JobContinued.v1");
                for event in &driving[handled..] {
                    app.deliver(&event.to_deliver()).unwrap();
                }
                handled = driving.len();
            }
            (started.elapsed(), Vec::new())
        });
        let ended = admin(app).get(job).send().expect(200).json();
        assert_eq!((&ended["done"], &ended["failed"]), (&json!(COHORT), &json!(0)));
        let meanwhile = median_and_p99(results[1].1.clone());
        println!(
            "{COHORT} people in {:?}; an enrolment elsewhere (median, p99): alone {alone:?}, meanwhile {meanwhile:?}",
            results[0].0
        );
    });
}
