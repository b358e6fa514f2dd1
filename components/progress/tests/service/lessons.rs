//! Lessons and modules.

use super::*;

#[test]
fn a_lesson_is_begun_gone_on_with_and_completed_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let lesson = scene.lesson(0);
        let fresh = student(app).get(&lesson).send().expect(200).json();
        assert_eq!((&fresh["status"], &fresh["percent_complete"]), (&json!("not-started"), &json!(0.0)));
        let body = json!({ "status": "in-progress", "percent_complete": 33.339, "time_spent": 60, "last_position": 42 });
        let begun = student(app).put(&lesson).json(&body).send().expect(200).json();
        assert_eq!((&begun["status"], &begun["percent_complete"]), (&json!("in-progress"), &json!(33.33)));
        assert_eq!((&begun["time_spent"], &begun["last_position"]), (&json!(60), &json!(42)));
        assert_eq!(student(app).get(&lesson).send().expect(200).json(), begun);
        let completed = student(app).post(&format!("{lesson}/complete")).send().expect(200).json();
        assert_eq!((&completed["status"], &completed["percent_complete"]), (&json!("completed"), &json!(100.0)));
        scene.complete(app, 0);
        // Nothing takes it back.
        let body = json!({ "status": "not-started", "percent_complete": 0, "time_spent": 0 });
        let after = student(app).put(&lesson).json(&body).send().expect(200).json();
        assert_eq!((&after["status"], &after["time_spent"]), (&json!("completed"), &json!(60)));
        assert_eq!((count(app, "ProgressUpdated"), count(app, "LessonCompleted")), (2, 1));
        let told = &app.events_of("lyceum.progress.ProgressUpdated.v1")[0].data;
        assert_eq!((&told["percent_complete"], &told["course_percent_complete"]), (&json!(33.33), &json!(8.33)));
        let live: Vec<String> = app.announced().into_iter().map(|told| told.channel).collect();
        assert!(live.iter().all(|channel| *channel == format!("progress/{STUDENT}")) && live.len() >= 4, "{live:?}");
    });
}

#[test]
fn progress_is_seen_by_its_learner_those_who_give_the_course_and_administrators() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        for path in [scene.lesson(0), scene.module(0), scene.path(), format!("{}/completion", scene.path())] {
            for who in [student(app), teacher(app), admin(app)] {
                who.get(&path).send().expect(200);
            }
            // Who gave it and is no instructor any more sees nothing.
            for who in [other_teacher(app), app.as_user(TEACHER), app.as_user(NOBODY)] {
                who.get(&path).send().expect(404);
            }
            app.anonymous().get(&path).send().expect(401);
        }
        let complete = format!("{}/complete", scene.lesson(0));
        teacher(app).post(&complete).send().expect(403);
        teacher(app).put(&scene.lesson(0)).json(&json!({ "percent_complete": 1 })).send().expect(403);
        teacher(app).put(&scene.module(0)).json(&json!({ "status": "completed" })).send().expect(403);
        other_teacher(app).post(&complete).send().expect(404);
        other_teacher(app).put(&scene.lesson(0)).json(&json!({ "percent_complete": 1 })).send().expect(404);
        let me = scene.lesson(1).replace(STUDENT, "me");
        student(app).put(&me).json(&json!({ "percent_complete": 1 })).send().expect(200);
        app.as_user(NOBODY).get(&me).send().expect(404);
        admin(app).post(&complete).send().expect(200);
    });
}

#[test]
fn what_is_said_of_a_lesson_has_to_be_right() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        for (body, pointer) in [
            (json!({ "percent_complete": 101 }), "/percent_complete"),
            (json!({ "percent_complete": -1 }), "/percent_complete"),
            (json!({ "time_spent": -1 }), "/time_spent"),
            (json!({ "percent_complete": 1, "occurred_at": "2026-01-05T10:06:00Z" }), "/occurred_at"),
            (json!({ "percent_complete": 1, "device_id": "x".repeat(65) }), "/device_id"),
            (json!({}), ""),
            (json!({ "device_id": "phone" }), ""),
        ] {
            let refused = student(app).put(&scene.lesson(0)).json(&body).send().expect(422);
            assert_eq!(refused.problem().pointers(), [pointer], "{body}");
        }
        student(app).put(&scene.lesson(0)).json(&json!({ "status": "done" })).send().expect(422);
        let elsewhere = format!("{}/lessons/{}", scene.module(1), scene.modules[0].1[0]);
        student(app).put(&elsewhere).json(&json!({ "percent_complete": 1 })).send().expect(404);
        student(app).get(&elsewhere).send().expect(404);
        student(app).get(&format!("{}/modules/{NOBODY}", scene.path())).send().expect(404);
    });
}

#[test]
fn a_module_is_begun_and_completed_at_once_but_for_its_quizzes() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, NOW);
        let (module, lesson, test, test_id) = (ids::new(), ids::new(), ids::new(), ids::new());
        let mut course = Course::new();
        course.publish(app, 1, &[(module, vec![text(lesson), quiz(test, test_id)])]);
        let mut enrollment = Enrollment::new(&course, STUDENT);
        app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
        let path = format!("{PATH}/users/me/courses/{}/modules/{module}", course.id);
        let fresh = student(app).get(&path).send().expect(200).json();
        assert_eq!((&fresh["status"], &fresh["total_quizzes"]), (&json!("not-started"), &json!(1)));
        let put = |status: &str| {
            student(app).put(&path).json(&json!({ "status": status })).send().expect(200).json()
        };
        assert_eq!(put("in-progress")["status"], "in-progress");
        let completed = put("completed");
        assert_eq!(
            (&completed["status"], &completed["completed_lessons"]),
            (&json!("in-progress"), &json!(1))
        );
        assert_eq!(completed["percent_complete"], 50.0);
        assert_eq!(completed["lessons"].as_array().unwrap().len(), 2);
        // A quiz is completed by its result alone.
        let test = format!("{path}/lessons/{test}");
        for refused in [
            student(app).post(&format!("{test}/complete")).send(),
            student(app).put(&test).json(&json!({ "percent_complete": 100 })).send(),
        ] {
            assert_eq!(refused.expect(409).problem().error_code, "COMPLETED_BY_RESULT");
        }
        student(app).put(&test).json(&json!({ "percent_complete": 10 })).send().expect(200);
    });
}

#[test]
fn somebody_learns_within_the_dates_of_their_enrolment() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let mut course = scene.course.clone();
        course.id = ids::new();
        course.told = 0;
        course.publish(app, 1, &modules_of(&scene.modules));
        let mut enrollment = Enrollment::new(&course, STUDENT);
        let dates = [Some("2026-01-06T00:00:00Z"), Some("2026-01-07T00:00:00Z")];
        app.deliver(&enrollment.enrolled(1, dates)).unwrap();
        let lesson = scene.lesson(0).replace(&scene.course.id.to_string(), &course.id.to_string());
        let put = |body: &Value| student(app).put(&lesson).json(body).send();
        assert_eq!(
            put(&json!({ "status": "in-progress" })).expect(409).problem().error_code,
            "ENROLLMENT_NOT_STARTED"
        );
        at(app, "2026-01-06T10:00:00Z");
        put(&json!({ "percent_complete": 10 })).expect(200);
        at(app, "2026-01-08T10:00:00Z");
        assert_eq!(
            put(&json!({ "status": "in-progress" })).expect(409).problem().error_code,
            "ENROLLMENT_EXPIRED"
        );
        // What was done in time may come late.
        put(&json!({ "percent_complete": 20, "occurred_at": "2026-01-06T23:00:00Z" })).expect(200);
        app.deliver(&enrollment.ended()).unwrap();
        let late = json!({ "percent_complete": 30, "occurred_at": "2026-01-06T23:00:00Z" });
        assert_eq!(put(&late).expect(409).problem().error_code, "NOT_ENROLLED");
        assert_eq!(student(app).get(&lesson).send().expect(200).json()["percent_complete"], 20.0);
    });
}
