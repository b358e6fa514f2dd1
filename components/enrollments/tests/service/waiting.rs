//! Places and queues.

use super::*;

fn queue_of(app: &App, paths: &[&String]) -> Vec<String> {
    paths.iter().map(|path| status(app, path)).collect()
}

#[test]
fn who_finds_no_place_is_refused_or_waits_if_there_is_a_waiting_list() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (course(app), people(app));
        set(app, course, &json!({ "capacity": 1 }));
        enrolled(app, course, ada);
        assert_eq!(code(enrol(app, course, bob)), "COURSE_FULL");
        set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
        let answer = enrol(app, course, bob).expect(201);
        assert_eq!(answer.json()["status"], "waitlisted");
        assert_eq!(shown(app, &path_of(&answer))["waiting_before"], 0);
        assert_eq!(code(enrol(app, course, bob)), "ALREADY_ENROLLED");
        assert_eq!(counts(app, course), (1, 1));
        let told = app.events_of("lyceum.enrollments.EnrollmentWaitlisted.v1");
        assert_eq!((told.len(), &told[0].data["user_id"]), (1, &json!(bob)));
    });
}

#[test]
fn what_becomes_free_is_given_in_the_order_of_the_queue_and_to_nobody_else() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob, cleo, dan, eve]) = (course(app), people(app));
        set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
        let first = enrolled(app, course, ada);
        let [second, third, fourth] = [bob, cleo, dan].map(|user| enrolled(app, course, user));
        assert_eq!(shown(app, &fourth)["waiting_before"], 2);
        withdraw(app, &first, ada).expect(204);
        assert_eq!(queue_of(app, &[&second, &third, &fourth]), ["confirmed", "waitlisted", "waitlisted"]);
        // Who leaves the queue makes way.
        withdraw(app, &third, cleo).expect(204);
        assert_eq!(shown(app, &fourth)["waiting_before"], 0);
        withdraw(app, &second, bob).expect(204);
        assert_eq!(queue_of(app, &[&second, &third, &fourth]), ["withdrawn", "withdrawn", "confirmed"]);
        assert_eq!(counts(app, course), (1, 0));
        let fifth = enrolled(app, course, eve);
        withdraw(app, &fourth, dan).expect(204);
        assert_eq!((status(app, &fifth).as_str(), counts(app, course)), ("confirmed", (1, 0)));
        assert_eq!(withdraw(app, &fourth, dan).expect(409).problem().error_code, "ENROLLMENT_OVER");
    });
}

#[test]
fn more_places_are_given_at_once_and_fewer_take_nobody_out() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, users) = (course(app), people::<6>(app));
        set(app, course, &json!({ "capacity": 2, "waiting_list": true }));
        let paths = users.map(|user| enrolled(app, course, user));
        assert_eq!(counts(app, course), (2, 4));
        set(app, course, &json!({ "capacity": 4, "waiting_list": false }));
        assert_eq!(counts(app, course), (4, 2));
        set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
        assert_eq!(counts(app, course), (4, 2));
        for (path, user) in paths.iter().zip(users).take(3) {
            withdraw(app, path, user).expect(204);
        }
        assert_eq!(counts(app, course), (1, 2));
        // Without a limit nobody waits.
        set(app, course, &json!({}));
        assert_eq!(counts(app, course), (3, 0));
    });
}

#[test]
fn nobody_is_enrolled_while_the_course_is_archived_and_who_waits_is_when_it_is_restored() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (course(app), people(app));
        set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
        let (first, second) = (enrolled(app, course, ada), enrolled(app, course, bob));
        updated(app, course, 2, &json!({ "status": "archived" }));
        withdraw(app, &first, ada).expect(204);
        app.tick("minute").unwrap();
        assert_eq!((status(app, &second).as_str(), counts(app, course)), ("waitlisted", (0, 1)));
        updated(app, course, 3, &json!({}));
        app.tick("minute").unwrap();
        assert_eq!((status(app, &second).as_str(), counts(app, course)), ("confirmed", (1, 0)));
    });
}
