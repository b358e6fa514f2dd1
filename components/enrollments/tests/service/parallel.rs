//! Many people at the same moment: never more places than there are, and none left free while somebody waits.

use super::*;

const MANY: usize = 50;

/// Each asks again as long as it is told to come later, or that others were quicker.
fn patiently(ask: impl Fn() -> Answer) -> Answer {
    loop {
        let answer = ask();
        let changed = answer.status() == 409 && answer.json()["error_code"] == "CHANGED_MEANWHILE";
        if answer.status() != 503 && !changed {
            return answer;
        }
    }
}

#[test]
fn of_fifty_who_enrol_at_the_same_moment_ten_get_the_ten_places() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app);
        set(app, course, &json!({ "capacity": 10 }));
        let users: Vec<Uuid> = (0..MANY).map(|_| person(app)).collect();
        let answers = app.in_parallel(MANY, |at, app| {
            let answer = patiently(|| enrol(app, course, users[at]));
            (answer.status(), answer.json()["error_code"].as_str().map(ToOwned::to_owned))
        });
        app.tick("minute").unwrap();
        let full = (409, Some("COURSE_FULL".to_owned()));
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 10, "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| **answer == full).count(), MANY - 10, "{answers:?}");
        assert_eq!(counts(app, course), (10, 0));
        assert_eq!(app.events_of("lyceum.enrollments.UserEnrolled.v1").len(), 10);
    });
}

#[test]
fn of_fifty_who_enrol_at_the_same_moment_all_others_wait_in_one_order() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app);
        set(app, course, &json!({ "capacity": 10, "waiting_list": true }));
        let users: Vec<Uuid> = (0..MANY).map(|_| person(app)).collect();
        let paths = app
            .in_parallel(MANY, |at, app| path_of(&patiently(|| enrol(app, course, users[at])).expect(201)));
        app.tick("minute").unwrap();
        assert_eq!(counts(app, course), (10, 40));
        let mut places: Vec<i64> =
            paths.iter().filter_map(|path| shown(app, path)["waiting_before"].as_i64()).collect();
        places.sort_unstable();
        assert_eq!(places, (0..40).collect::<Vec<_>>());
    });
}

#[test]
fn a_person_who_asks_many_times_at_the_same_moment_is_enrolled_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (course(app), person(app));
        let answers = app.in_parallel(8, |_, app| patiently(|| enrol(app, course, ada)).status());
        app.tick("minute").unwrap();
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
        assert_eq!(counts(app, course), (1, 0));
    });
}

#[test]
fn places_that_become_free_at_the_same_moment_go_to_those_who_are_first() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app);
        set(app, course, &json!({ "capacity": 10, "waiting_list": true }));
        let users: Vec<Uuid> = (0..25).map(|_| person(app)).collect();
        let paths: Vec<String> = users.iter().map(|user| enrolled(app, course, *user)).collect();
        assert_eq!(counts(app, course), (10, 15));
        app.in_parallel(10, |at, app| {
            patiently(|| withdraw(app, &paths[at], users[at])).expect(204);
        });
        let states: Vec<String> = paths[10..].iter().map(|path| status(app, path)).collect();
        assert!(states[10..].iter().all(|status| status == "waitlisted"), "{states:?}");
        app.tick("minute").unwrap();
        let states: Vec<String> = paths[10..].iter().map(|path| status(app, path)).collect();
        assert!(states[..10].iter().all(|status| status == "confirmed"), "{states:?}");
        assert_eq!(counts(app, course), (10, 5));
        assert_eq!(app.events_of("lyceum.enrollments.UserEnrolled.v1").len(), 20);
    });
}

#[test]
fn who_comes_and_who_goes_at_the_same_moment_leave_no_place_free_and_none_given_twice() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app);
        set(app, course, &json!({ "capacity": 5, "waiting_list": true }));
        let users: Vec<Uuid> = (0..30).map(|_| person(app)).collect();
        let paths: Vec<String> = users[..15].iter().map(|user| enrolled(app, course, *user)).collect();
        app.in_parallel(30, |at, app| {
            if at < 15 {
                patiently(|| withdraw(app, &paths[at], users[at])).expect(204);
            } else {
                patiently(|| enrol(app, course, users[at])).expect(201);
            }
        });
        app.tick("minute").unwrap();
        assert_eq!(counts(app, course), (5, 10));
    });
}

#[test]
fn an_invitation_is_used_no_more_often_than_it_may_be() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app);
        let path = format!("/api/v1/courses/{course}/invitations");
        let invitation = teacher(app).post(&path).json(&json!({ "max_uses": 7 })).send().expect(201);
        let body = json!({ "code": invitation.json()["code"] });
        let users: Vec<Uuid> = (0..30).map(|_| person(app)).collect();
        let answers = app.in_parallel(30, |at, app| {
            patiently(|| learner(app, users[at]).post(PATH).json(&body).send()).status()
        });
        app.tick("minute").unwrap();
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 7, "{answers:?}");
        assert_eq!(counts(app, course), (7, 0));
        let shown = teacher(app).get(&path_of(&invitation)).send().expect(200).json();
        assert_eq!(shown["uses"], 7);
    });
}
