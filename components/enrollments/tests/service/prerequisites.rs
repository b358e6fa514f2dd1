//! What is to be completed before.

use super::*;

#[test]
fn a_course_wants_others_to_be_completed_and_names_those_that_are_not() {
    App::new(&SERVICE).on_each_database(|app| {
        let (flour, water) =
            (course_with(app, &json!({ "title": "Flour" })), course_with(app, &json!({ "title": "Water" })));
        let unknown = ids::new();
        let bread = course_with(app, &json!({ "prerequisites": [flour, water, unknown] }));
        let [ada, bob] = people(app);
        let done = enrolled(app, flour, ada);
        complete(app, &done).unwrap();
        let refused = enrol(app, bread, ada).expect(409).problem();
        assert_eq!(refused.error_code, "PREREQUISITES_MISSING");
        let (water_at, unknown_at) = (format!("/prerequisites/{water}"), format!("/prerequisites/{unknown}"));
        assert_eq!(refused.pointers(), [water_at.as_str(), &unknown_at]);
        assert!(refused.details[0]["message"].as_str().unwrap().contains("\"Water\""));
        assert_eq!(counts(app, bread), (0, 0));
        // Once somebody has completed a course, that stays so.
        withdraw(app, &done, ada).expect(204);
        assert_eq!(status(app, &done), "completed");
        let simple = course_with(app, &json!({ "prerequisites": [flour] }));
        enrol(app, simple, ada).expect(201);
        assert_eq!(code(enrol(app, simple, bob)), "PREREQUISITES_MISSING");
        let path = format!("/api/v1/courses/{bread}/enrollments");
        assert_eq!(
            code(teacher(app).post(&path).json(&json!({ "user_id": bob })).send()),
            "PREREQUISITES_MISSING"
        );
        let waived = json!({ "user_id": bob, "waive_prerequisites": true });
        let path = path_of(&teacher(app).post(&path).json(&waived).send().expect(201));
        assert_eq!(status(app, &path), "confirmed");
    });
}

#[test]
fn a_course_wants_competencies_and_names_what_is_missing_of_them() {
    App::new(&SERVICE).on_each_database(|app| {
        let (kneading, baking) = (ids::new(), ids::new());
        let required = |id: Uuid, name: &str, level: i64| json!({ "competency_id": id, "competency_name": name, "level": level });
        let wanted = [required(kneading, "Kneading", 60), required(baking, "Baking", 1)];
        let bread = course_with(app, &json!({ "required_competencies": wanted }));
        let ada = person(app);
        let mut told = 0;
        let mut acquired = |id: Uuid, level: i64| {
            told += 1;
            let data = json!({
                "user_id": ada, "competency_id": id, "competency_name": "?", "level": level, "acquired_at": now(),
            });
            let event = Event::new("lyceum.progress.CompetencyAcquired.v1", data);
            app.deliver(&event.about("learner", &ada.to_string(), told)).unwrap();
        };
        acquired(kneading, 59);
        let refused = enrol(app, bread, ada).expect(409).problem();
        assert_eq!(refused.error_code, "PREREQUISITES_MISSING");
        let pointers = [kneading, baking].map(|id| format!("/required_competencies/{id}"));
        assert_eq!(refused.pointers(), pointers.each_ref().map(String::as_str));
        let message = refused.details[0]["message"].as_str().unwrap();
        assert!(message.contains("\"Kneading\" at level 60") && message.contains("at 59"), "{message}");
        acquired(kneading, 60);
        acquired(baking, 1);
        enrol(app, bread, ada).expect(201);
    });
}

#[test]
fn who_waited_is_refused_by_what_the_course_wants_since_and_the_next_gets_the_place() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, flour) = (course(app), course_with(app, &json!({ "title": "Flour" })));
        let [ada, bob, cleo] = people(app);
        complete(app, &enrolled(app, flour, cleo)).unwrap();
        set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
        let [first, second, third] = [ada, bob, cleo].map(|user| enrolled(app, course, user));
        let change = json!({ "version": 2, "prerequisites": [flour] });
        app.deliver(&published_as(course, 2, &change)).unwrap();
        withdraw(app, &first, ada).expect(204);
        assert_eq!([status(app, &second), status(app, &third)], ["failed", "confirmed"]);
        assert_eq!(shown(app, &second)["failure_reason"], "prerequisites_missing");
        assert_eq!(shown(app, &third)["course_version"], 2);
        assert_eq!(counts(app, course), (1, 0));
        let failed = app.events_of("lyceum.enrollments.EnrollmentFailed.v1");
        assert_eq!((failed.len(), &failed[0].data["reason"]), (1, &json!("prerequisites_missing")));
    });
}

#[test]
fn a_completion_is_told_once_whatever_comes_again() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (course(app), person(app));
        let path = enrolled(app, course, ada);
        for _ in 0..2 {
            complete(app, &path).unwrap();
        }
        assert_eq!((status(app, &path).as_str(), counts(app, course)), ("completed", (1, 0)));
        assert_eq!(app.events_of("lyceum.enrollments.EnrollmentCompleted.v1").len(), 1);
        let data = json!({
            "enrollment_id": ids::new(), "user_id": ada, "course_id": course, "course_title": "Baking bread",
            "course_version": 1, "completed_at": now(),
        });
        let unknown = Event::new("lyceum.progress.CourseCompleted.v1", data);
        let error = app.deliver(&unknown.about("learner", &ada.to_string(), 9)).unwrap_err();
        assert!(error.starts_with("refused: "), "{error}");
    });
}
