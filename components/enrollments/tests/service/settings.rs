//! What instructors say of how people are enrolled.

use super::*;

#[test]
fn instructors_say_how_people_are_enrolled_from_the_state_that_they_have_read() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let course = course(app);
        let path = settings_path(course);
        let read = teacher(app).get(&path).send().expect(200);
        let defaults = read.json();
        assert_eq!(
            (&defaults["capacity"], &defaults["self_enrollment"], &defaults["waiting_list"]),
            (&Value::Null, &json!(true), &json!(false))
        );
        let fields = json!({
            "capacity": 10, "waiting_list": true, "opens_at": "2026-01-01T00:00:00Z", "closes_at": "2026-02-01T00:00:00Z",
            "starts_at": "2026-01-15T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z", "valid_days": 90,
        });
        teacher(app).put(&path).json(&fields).send().expect(428);
        let changed = teacher(app).put(&path).if_match(read.tag()).json(&fields).send().expect(200);
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(&changed.json()[name], value);
        }
        teacher(app).put(&path).if_match(read.tag()).json(&fields).send().expect(412);
        assert_eq!(admin(app).get(&path).send().expect(200).tag(), changed.tag());
        other_teacher(app).get(&path).send().expect(403);
        other_teacher(app).put(&path).if_match("*").json(&fields).send().expect(403);
        learner(app, ids::new()).get(&path).send().expect(403);
        teacher(app).get(&settings_path(ids::new())).send().expect(404);
        // What people take changes no settings.
        enrolled(app, course, person(app));
        assert_eq!(teacher(app).get(&path).send().expect(200).tag(), changed.tag());
        for (wrong, pointer) in [
            (json!({ "capacity": -1 }), "/capacity"),
            (json!({ "valid_days": 0 }), "/valid_days"),
            (json!({ "opens_at": FIRST_DAY, "closes_at": FIRST_DAY }), "/closes_at"),
            (json!({ "starts_at": FIRST_DAY, "ends_at": "2026-01-05T09:00:00Z" }), "/ends_at"),
            (json!({ "places": 3 }), "/places"),
        ] {
            let refused = teacher(app).put(&path).if_match(changed.tag()).json(&wrong).send().expect(422);
            assert_eq!(refused.problem().pointers(), [pointer], "{wrong}");
        }
    });
}

#[test]
fn people_enrol_while_it_is_open() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (course(app), people(app));
        let (opens, closes) = ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        set(app, course, &json!({ "opens_at": opens, "closes_at": closes }));
        at(app, "2026-01-31T23:59:59Z");
        let early = enrol(app, course, ada).expect(409).problem();
        assert_eq!(early.error_code, "ENROLLMENT_NOT_OPEN_YET");
        at(app, opens);
        enrol(app, course, ada).expect(201);
        at(app, closes);
        assert_eq!(code(enrol(app, course, bob)), "ENROLLMENT_CLOSED");
        // Instructors enrol when they like.
        let path = format!("/api/v1/courses/{course}/enrollments");
        teacher(app).post(&path).json(&json!({ "user_id": bob })).send().expect(201);
    });
}

#[test]
fn an_enrolment_lasts_as_long_as_the_settings_said_when_it_was_confirmed() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (course, [ada, bob, cleo]) = (course(app), people(app));
        let ends = |path: &str| shown(app, path)["expires_at"].clone();
        set(app, course, &json!({ "valid_days": 10 }));
        let path = enrolled(app, course, ada);
        assert_eq!(ends(&path), "2026-01-15T10:00:00Z");
        // Counted from when they may begin.
        set(app, course, &json!({ "valid_days": 10, "starts_at": "2026-02-01T00:00:00Z" }));
        assert_eq!(ends(&enrolled(app, course, bob)), "2026-02-11T00:00:00Z");
        let both = json!({ "valid_days": 10, "ends_at": "2026-01-10T00:00:00Z" });
        set(app, course, &both);
        assert_eq!(ends(&enrolled(app, course, cleo)), "2026-01-10T00:00:00Z");
        assert_eq!(ends(&path), "2026-01-15T10:00:00Z");
        at(app, "2026-01-10T00:00:00Z");
        assert_eq!(code(enrol(app, course, person(app))), "ENROLLMENT_CLOSED");
    });
}
