//! However an enrolment ends.

use super::*;

const OVER: &str = "lyceum.enrollments.EnrollmentDeleted.v1";

fn reasons(app: &App) -> Vec<Value> {
    app.events_of(OVER).iter().map(|event| event.data["reason"].clone()).collect()
}

#[test]
fn what_has_had_its_last_moment_is_over_and_who_waits_gets_the_place() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (course, [ada, bob, cleo]) = (course(app), people(app));
        set(app, course, &json!({ "capacity": 2, "waiting_list": true, "valid_days": 1 }));
        let [first, second, third] = [ada, bob, cleo].map(|user| enrolled(app, course, user));
        complete(app, &second).unwrap();
        at(app, "2026-01-06T09:59:59Z");
        app.tick("minute").unwrap();
        assert_eq!(counts(app, course), (2, 1));
        at(app, "2026-01-06T10:00:00Z");
        for _ in 0..2 {
            app.tick("minute").unwrap();
        }
        // What was completed stays completed.
        let states = [&first, &second, &third].map(|path| status(app, path));
        assert_eq!(states, ["expired", "completed", "confirmed"]);
        assert_eq!((counts(app, course), reasons(app)), ((1, 0), vec![json!("expired"), json!("expired")]));
        assert_eq!(shown(app, &third)["expires_at"], "2026-01-07T10:00:00Z");
        enrol(app, course, ada).expect(201);
    });
}

#[test]
fn nobody_learns_or_waits_in_a_course_that_is_gone() {
    App::new(&SERVICE).on_each_database(|app| {
        app.configure("payments", "on");
        let (course, [ada, bob, cleo]) =
            (course_with(app, &json!({ "price": 4_900, "currency": "EUR" })), people(app));
        set(app, course, &json!({ "capacity": 2, "waiting_list": true }));
        let path = format!("/api/v1/courses/{course}/enrollments");
        let gift = json!({ "user_id": ada, "waive_payment": true });
        let learns = path_of(&teacher(app).post(&path).json(&gift).send().expect(201));
        let (pays, waits) = (enrolled(app, course, bob), enrolled(app, course, cleo));
        let data = json!({ "course_id": course, "deleted_at": now() });
        let deleted =
            Event::new("lyceum.courses.CourseDeleted.v1", data).about("course", &course.to_string(), 2);
        let error = app.deliver(&deleted.clone().to("enrollments/reaction")).unwrap_err();
        assert!(error.starts_with("not-yet: "), "{error}");
        for _ in 0..2 {
            app.deliver(&deleted).unwrap();
        }
        let states = [&learns, &pays, &waits].map(|path| status(app, path));
        assert_eq!(states, ["withdrawn", "compensated", "withdrawn"]);
        assert_eq!(reasons(app), [json!("course_deleted"), json!("course_deleted")]);
        assert_eq!(app.events_of("lyceum.enrollments.PaymentCancelled.v1").len(), 1);
        enrol(app, course, person(app)).expect(404);
        teacher(app).get(&path).send().expect(404);
        learner(app, ada).get(&learns).send().expect(200);
        app.tick("minute").unwrap();
    });
}

#[test]
fn an_erased_person_leaves_places_to_others_and_enrolments_without_them() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, other, [ada, bob]) = (course(app), course(app), people(app));
        set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
        set(app, other, &json!({ "capacity": 0, "waiting_list": true }));
        let (first, second) = (enrolled(app, course, ada), enrolled(app, course, bob));
        let waits = enrolled(app, other, ada);
        let data = json!({ "erasure_id": ids::new(), "user_id": ada, "requested_at": now() });
        let requested =
            Event::new("lyceum.users.ErasureRequested.v1", data).about("user", &ada.to_string(), 1);
        for _ in 0..2 {
            app.deliver(&requested).unwrap();
        }
        assert_eq!(
            [&first, &second, &waits].map(|path| status(app, path)),
            ["withdrawn", "confirmed", "withdrawn"]
        );
        assert_eq!(shown(app, &first)["user_id"], Value::Null);
        assert_eq!((counts(app, course), counts(app, other)), ((1, 0), (0, 0)));
        assert_eq!(reasons(app), [json!("erased"), json!("erased")]);
        assert_eq!(app.events_of("lyceum.platform.ErasureAnswered.v1").len(), 1);
        // Nothing is made of what comes afterwards.
        assert_eq!(code(enrol(app, self::course(app), ada)), "USER_GONE");
        let path = format!("/api/v1/courses/{course}/enrollments");
        teacher(app).post(&path).json(&json!({ "user_id": ada })).send().expect(422);
    });
}
