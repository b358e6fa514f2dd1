//! A process that dies between any two commits of an enrolment.

use lyceum_testing::Crash;

use super::*;

/// Time passes until nothing is left to be done.
fn settle(app: &App) {
    for minute in 0..20_u32 {
        at(app, &format!("2026-01-05T10:{:02}:00Z", minute * 2));
        app.tick("minute").unwrap();
    }
}

#[test]
fn whatever_commit_breaks_no_place_is_lost_or_given_twice_and_nobody_is_half_enrolled() {
    App::new(&SERVICE).on_each_database(|app| {
        for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
            for commit in 0..5 {
                at(app, FIRST_DAY);
                let (course, [ada, bob]) = (course(app), people(app));
                set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
                app.pass_commits(commit);
                app.fail_next_commit(crash);
                let mut answer = enrol(app, course, ada);
                if answer.status() == 503 {
                    answer = enrol(app, course, ada);
                }
                assert!([201, 409].contains(&answer.status()), "{answer:?}");
                let second = enrolled(app, course, bob);
                settle(app);
                assert_eq!(counts(app, course), (1, 1), "{crash:?} of commit {commit}");
                let list = learner(app, ada).get(&format!("{PATH}?course_id={course}")).send().json();
                assert_eq!(list["items"].as_array().unwrap().len(), 1);
                let first = format!("{PATH}/{}", list["items"][0]["id"].as_str().unwrap());
                assert_eq!(status(app, &first), "confirmed");
                // The same when the place is given back.
                at(app, "2026-01-05T11:00:00Z");
                app.pass_commits(commit);
                app.fail_next_commit(crash);
                if withdraw(app, &first, ada).status() == 503 {
                    let again = withdraw(app, &first, ada);
                    assert!([204, 409].contains(&again.status()), "{again:?}");
                }
                for minute in 1..40_u32 {
                    at(app, &format!("2026-01-05T11:{minute:02}:00Z"));
                    app.tick("minute").unwrap();
                }
                assert_eq!(counts(app, course), (1, 0), "{crash:?} of commit {commit}");
                assert_eq!(status(app, &second), "confirmed");
            }
        }
    });
}
