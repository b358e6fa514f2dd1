//! What is heard of others, twice, late and out of order.

use super::*;

#[test]
fn an_enrolment_that_is_heard_before_its_version_is_not_lost() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, NOW);
        let (mut course, module, lesson) = (Course::new(), ids::new(), ids::new());
        let mut enrollment = Enrollment::new(&course, STUDENT);
        app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
        let path = format!("{PATH}/users/me/courses/{}", course.id);
        assert_eq!(student(app).get(&path).send().expect(200).json()["status"], "not-started");
        let lesson_path = format!("{path}/modules/{module}/lessons/{lesson}");
        student(app).put(&lesson_path).json(&json!({ "status": "in-progress" })).send().expect(503);
        app.tick("minute").unwrap();
        course.publish(app, 1, &modules_of(&[(module, vec![lesson])]));
        app.tick("minute").unwrap();
        let list = student(app).get(&format!("{PATH}/users/me/courses")).send().expect(200).json();
        assert_eq!(list["items"][0]["total_lessons"], 1);
        student(app).put(&lesson_path).json(&json!({ "status": "in-progress" })).send().expect(200);
    });
}

#[test]
fn events_that_come_twice_and_out_of_order_come_to_the_same() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, NOW);
        let (mut course, module) = (Course::new(), ids::new());
        let lessons = [ids::new(), ids::new()];
        let first = course.published(1, &modules_of(&[(module, vec![lessons[0]])]));
        let second = course.published(2, &modules_of(&[(module, lessons.to_vec())]));
        let mut enrollment = Enrollment::new(&course, STUDENT);
        let told = [enrollment.enrolled(1, [None, None]), enrollment.moved(2), enrollment.moved(1)];
        for event in [&second, &first, &second, &told[0], &told[2], &told[1], &told[0]] {
            app.deliver(event).unwrap();
        }
        let path = format!("{PATH}/users/me/courses/{}", course.id);
        let shown = student(app).get(&path).send().expect(200).json();
        assert_eq!((&shown["course_version"], &shown["total_lessons"]), (&json!(1), &json!(1)));
        assert_eq!(shown["course_title"], "Baking 2");
        app.deliver(&enrollment.ended()).unwrap();
        app.deliver(&told[1]).unwrap();
        assert_eq!(student(app).get(&path).send().expect(200).json()["ended"], true);
    });
}

#[test]
fn an_end_that_is_heard_first_stays_the_end() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let mut enrollment = Enrollment::new(&scene.course, OTHER);
        let began = enrollment.enrolled(1, [None, None]);
        app.deliver(&enrollment.ended()).unwrap();
        app.deliver(&began).unwrap();
        let path = scene.path().replace(STUDENT, OTHER);
        assert_eq!(admin(app).get(&path).send().expect(200).json()["ended"], true);
        // Who comes back goes on where they were, by an enrolment of its own.
        scene.complete(app, 0);
        let mut again = scene.enrollment.clone();
        app.deliver(&again.ended()).unwrap();
        let mut next = Enrollment::new(&scene.course, STUDENT);
        app.deliver(&next.enrolled(1, [None, None])).unwrap();
        let shown = scene.course(app);
        assert_eq!((&shown["ended"], &shown["percent_complete"]), (&json!(false), &json!(25.0)));
        assert_eq!(shown["enrollment_id"], json!(next.id));
    });
}

#[test]
fn a_deleted_course_leaves_what_was_reached() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut scene = scene(app);
        scene.complete(app, 0);
        scene.course.told += 1;
        let data = json!({ "course_id": scene.course.id, "deleted_at": NOW });
        let deleted = Event::new("lyceum.courses.CourseDeleted.v1", data);
        app.deliver(&deleted.about("course", &scene.course.id.to_string(), scene.course.told)).unwrap();
        assert_eq!(scene.course(app)["percent_complete"], 25.0);
        teacher(app).get(&scene.path()).send().expect(404);
    });
}
