//! Courses as a whole.

use super::*;

#[test]
fn a_course_adds_up_its_lessons_and_is_completed_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let fresh = scene.course(app);
        assert_eq!((&fresh["status"], &fresh["total_lessons"]), (&json!("not-started"), &json!(4)));
        assert_eq!((&fresh["total_modules"], &fresh["course_title"]), (&json!(2), &json!("Baking 1")));
        for lesson in 0..3 {
            scene.complete(app, lesson);
        }
        let most = scene.course(app);
        assert_eq!((&most["status"], &most["percent_complete"]), (&json!("in-progress"), &json!(75.0)));
        assert_eq!((&most["completed_modules"], &most["completed_lessons"]), (&json!(1), &json!(3)));
        scene.complete(app, 3);
        scene.complete(app, 3);
        let all = scene.course(app);
        assert_eq!((&all["status"], &all["percent_complete"]), (&json!("completed"), &json!(100.0)));
        assert_eq!((count(app, "LessonCompleted"), count(app, "CourseCompleted")), (4, 1));
        let told = &app.events_of("lyceum.progress.CourseCompleted.v1")[0].data;
        assert_eq!((&told["course_title"], &told["course_version"]), (&json!("Baking 1"), &json!(1)));
        assert_eq!(told["enrollment_id"], json!(scene.enrollment.id));
    });
}

#[test]
fn a_persons_courses_are_listed_the_latest_first() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        scene.complete(app, 0);
        let mut second = Course::new();
        second.publish(app, 1, &modules_of(&[(ids::new(), vec![ids::new()])]));
        app.deliver(&Enrollment::new(&second, STUDENT).enrolled(1, [None, None])).unwrap();
        let path = format!("{PATH}/users/me/courses");
        let list = student(app).get(&path).send().expect(200).json();
        let items = list["items"].as_array().unwrap();
        assert_eq!((&items[0]["course_id"], &items[0]["status"]), (&json!(second.id), &json!("not-started")));
        assert_eq!(items[0]["total_lessons"], 1);
        assert_eq!(
            (&items[1]["course_id"], &items[1]["percent_complete"]),
            (&json!(scene.course.id), &json!(25.0))
        );
        let first = student(app).get(&format!("{path}?limit=1")).send().expect(200).json();
        let next = format!("{path}?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
        let next = student(app).get(&next).send().expect(200).json();
        assert_eq!(next["items"][0]["course_id"], json!(scene.course.id));
        let theirs = format!("{PATH}/users/{STUDENT}/courses");
        admin(app).get(&theirs).send().expect(200);
        teacher(app).get(&theirs).send().expect(404);
    });
}

#[test]
fn a_course_is_begun_by_its_learner_and_declared_complete_by_who_gives_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let (begun, completed) = (json!({ "status": "in-progress" }), json!({ "status": "completed" }));
        let answer = student(app).put(&scene.path()).json(&begun).send().expect(200).json();
        assert_eq!(answer["status"], "in-progress");
        assert_eq!(student(app).get(&scene.path()).send().expect(200).json()["started_at"], json!(NOW));
        teacher(app).put(&scene.path()).json(&begun).send().expect(403);
        student(app).put(&scene.path()).json(&completed).send().expect(403);
        other_teacher(app).put(&scene.path()).json(&completed).send().expect(404);
        let refused = teacher(app).put(&scene.path()).json(&completed).send().expect(409);
        assert_eq!(refused.problem().error_code, "NOT_MANUAL");
        scene.set_criteria(app, "any", &json!([{ "type": "manual" }, { "type": "lessons", "which": "all" }]));
        let answer = teacher(app).put(&scene.path()).json(&completed).send().expect(200).json();
        assert_eq!((&answer["status"], &answer["percent_complete"]), (&json!("completed"), &json!(100.0)));
        assert_eq!(count(app, "CourseCompleted"), 1);
    });
}

#[test]
fn the_stream_is_the_persons_own() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = format!("{PATH}/users/{STUDENT}/stream");
        let held = student(app).get(&path).send().expect(200);
        assert_eq!(held.header("grip-channel"), Some(format!("progress/{STUDENT}").as_str()));
        student(app).get(&format!("{PATH}/users/me/stream")).send().expect(200);
        teacher(app).get(&path).send().expect(404);
        app.anonymous().get(&path).send().expect(401);
    });
}

#[test]
fn what_is_kept_for_readers_is_dropped_by_whatever_changes_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let percent = || scene.course(app)["percent_complete"].clone();
        assert_eq!(percent(), 0.0);
        // It is read again without the database; nobody else is shown it.
        app.set_database_outage(true);
        assert_eq!(percent(), 0.0);
        app.as_user(OTHER).get(&scene.path()).send().expect(503);
        app.set_database_outage(false);
        app.as_user(OTHER).get(&scene.path()).send().expect(404);
        scene.complete(app, 0);
        assert_eq!(percent(), 25.0);
        let mut enrollment = scene.enrollment.clone();
        app.deliver(&enrollment.ended()).unwrap();
        assert_eq!(scene.course(app)["ended"], true);
    });
}

#[test]
fn all_courses_of_a_person_add_up() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let lessons =
            json!({ "name": "First", "points": 5, "criteria": { "type": "lessons-completed", "count": 1 } });
        admin(app).post(&format!("{PATH}/achievements")).json(&lessons).send().expect(201);
        let (mut other, module, lesson) = (Course::new(), ids::new(), ids::new());
        other.publish(app, 1, &modules_of(&[(module, vec![lesson])]));
        app.deliver(&Enrollment::new(&other, STUDENT).enrolled(1, [None, None])).unwrap();
        let mut left = Course::new();
        left.publish(app, 1, &modules_of(&[(ids::new(), vec![ids::new()])]));
        let mut enrollment = Enrollment::new(&left, STUDENT);
        app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
        app.deliver(&enrollment.ended()).unwrap();
        scene.complete(app, 0);
        let done = format!("{PATH}/users/me/courses/{}/modules/{module}/lessons/{lesson}/complete", other.id);
        student(app).post(&done).send().expect(200);
        let overall = student(app).get(&format!("{PATH}/users/me")).send().expect(200).json();
        let names = [
            "total_courses",
            "completed_courses",
            "in_progress_courses",
            "total_lessons",
            "completed_lessons",
            "total_points",
        ];
        assert_eq!(names.map(|name| overall[name].clone()), [2, 1, 1, 5, 2, 5].map(|number| json!(number)));
        assert_eq!((&overall["user_id"], &overall["last_activity_at"]), (&json!(STUDENT), &json!(NOW)));
        teacher(app).get(&format!("{PATH}/users/{STUDENT}")).send().expect(404);
        admin(app).get(&format!("{PATH}/users/{STUDENT}")).send().expect(200);
    });
}
