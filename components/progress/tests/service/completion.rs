//! What completes a course, and why it isn't complete yet.

use super::*;

#[test]
fn criteria_are_set_by_those_who_give_the_course_from_the_state_that_they_read() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let path = format!("{PATH}/courses/{}/criteria", scene.course.id);
        let fresh = student(app).get(&path).send().expect(200);
        assert_eq!(
            fresh.json()["criteria"],
            json!([{ "type": "lessons", "which": "all", "lesson_ids": [] }])
        );
        let body = json!({ "combination": "all", "criteria": [{ "type": "minimum-time", "seconds": 60 }] });
        teacher(app).put(&path).json(&body).send().expect(428);
        let set = teacher(app).put(&path).if_match(fresh.tag()).json(&body).send().expect(200);
        teacher(app).put(&path).if_match(fresh.tag()).json(&body).send().expect(412);
        assert_eq!(student(app).get(&path).send().expect(200).json(), set.json());
        teacher(app).put(&path).if_match(set.tag()).json(&body).send().expect(200);
        other_teacher(app).put(&path).if_match(set.tag()).json(&body).send().expect(404);
        student(app).put(&path).if_match(set.tag()).json(&body).send().expect(403);
        app.as_user(NOBODY).get(&path).send().expect(404);
        let itself = json!({ "type": "course-completed", "course_id": scene.course.id });
        for (criteria, pointer) in [
            (json!([]), "/criteria"),
            (json!([{ "type": "minimum-time", "seconds": 0 }]), "/criteria/0/seconds"),
            (json!([{ "type": "manual" }, itself]), "/criteria/1/course_id"),
        ] {
            let body = json!({ "combination": "all", "criteria": criteria });
            let tag = teacher(app).get(&path).send().expect(200).tag().to_owned();
            let refused = teacher(app).put(&path).if_match(&tag).json(&body).send().expect(422);
            assert_eq!(refused.problem().pointers(), [pointer]);
        }
    });
}

#[test]
fn why_a_course_is_not_complete_names_the_criteria_that_are_open() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let lesson = scene.modules[1].1[0];
        let criteria = json!([
            { "type": "lessons", "which": "all", "lesson_ids": [lesson] },
            { "type": "lessons", "which": "any" },
            { "type": "minimum-time", "seconds": 100 },
            { "type": "date", "at": "2026-01-06T00:00:00Z" },
            { "type": "manual" },
        ]);
        scene.set_criteria(app, "all", &criteria);
        assert_eq!(scene.open(app), ["lessons", "lessons", "minimum-time", "date", "manual"]);
        let completion = teacher(app).get(&format!("{}/completion", scene.path())).send().expect(200).json();
        assert_eq!(completion["open"][0]["open_lesson_ids"], json!([lesson]));
        scene.complete(app, 0);
        assert_eq!(scene.open(app), ["lessons", "minimum-time", "date", "manual"]);
        scene.complete(app, 2);
        let time = json!({ "time_spent": 60, "device_id": "a" });
        student(app).put(&scene.lesson(0)).json(&time).send().expect(200);
        student(app).put(&scene.lesson(1)).json(&json!({ "time_spent": 39 })).send().expect(200);
        assert_eq!(scene.open(app), ["minimum-time", "date", "manual"]);
        student(app).put(&scene.lesson(1)).json(&json!({ "time_spent": 40 })).send().expect(200);
        teacher(app).put(&scene.path()).json(&json!({ "status": "completed" })).send().expect(200);
        assert_eq!(scene.open(app), ["date"]);
        assert_eq!(count(app, "CourseCompleted"), 0);
        app.tick("minute").unwrap();
        assert_eq!(count(app, "CourseCompleted"), 0);
        at(app, "2026-01-06T00:00:00Z");
        app.tick("minute").unwrap();
        app.tick("minute").unwrap();
        assert_eq!(scene.open(app), [""; 0]);
        assert_eq!(
            (count(app, "CourseCompleted"), scene.course(app)["status"].clone()),
            (1, json!("completed"))
        );
    });
}

#[test]
fn one_criterion_is_enough_where_any_is_and_another_course_completes_this_one() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let (mut other, module, lesson) = (Course::new(), ids::new(), ids::new());
        other.publish(app, 1, &modules_of(&[(module, vec![lesson])]));
        app.deliver(&Enrollment::new(&other, STUDENT).enrolled(1, [None, None])).unwrap();
        let criteria = json!([{ "type": "course-completed", "course_id": other.id }, { "type": "minimum-time", "seconds": 9 }]);
        scene.set_criteria(app, "any", &criteria);
        assert_eq!(scene.open(app), ["course-completed", "minimum-time"]);
        let path = format!("{PATH}/users/me/courses/{}/modules/{module}/lessons/{lesson}/complete", other.id);
        student(app).post(&path).send().expect(200);
        assert_eq!(count(app, "CourseCompleted"), 1);
        app.tick("minute").unwrap();
        assert_eq!(count(app, "CourseCompleted"), 2);
        assert_eq!(scene.course(app)["status"], "completed");
        // Other criteria take nothing back.
        scene.set_criteria(app, "all", &json!([{ "type": "manual" }]));
        assert_eq!((scene.course(app)["status"].clone(), scene.open(app)), (json!("completed"), Vec::new()));
    });
}

#[test]
fn what_the_learned_version_does_not_have_is_not_asked_for() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let criteria = json!([
            { "type": "quiz-passed", "quiz_id": ids::new() },
            { "type": "assignment-graded", "assignment_id": ids::new(), "minimum_score": 50 },
            { "type": "lessons", "which": "all" },
        ]);
        scene.set_criteria(app, "all", &criteria);
        assert_eq!(scene.open(app), ["lessons"]);
        // Nor does it complete the course.
        scene.set_criteria(app, "any", &json!([criteria[0].clone(), { "type": "manual" }]));
        assert_eq!(scene.course(app)["status"], "not-started");
        assert_eq!(scene.open(app), ["manual"]);
    });
}
