//! What those who give a course see of their class.

use super::*;

/// The student is half through; somebody else did nothing; a third one left.
fn class(app: &App) -> Scene {
    let scene = scene(app);
    for (user, ends) in [(OTHER, false), (NOBODY, true)] {
        let mut enrollment = Enrollment::new(&scene.course, user);
        app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
        if ends {
            app.deliver(&enrollment.ended()).unwrap();
        }
    }
    at(app, "2026-01-12T10:00:00Z");
    scene.complete(app, 0);
    scene.complete(app, 1);
    scene
}

#[test]
fn a_class_is_listed_by_activity_and_percent_to_those_who_give_the_course() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = class(app);
        let path = format!("{PATH}/courses/{}", scene.course.id);
        let users = |query: &str| -> Vec<String> {
            let list = teacher(app).get(&format!("{path}/learners{query}")).send().expect(200).json();
            list["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["user_id"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(users("")[0], STUDENT);
        assert_eq!(users("?sort=-percent_complete").first().map(String::as_str), Some(STUDENT));
        assert_eq!(users("?sort=percent_complete").last().map(String::as_str), Some(STUDENT));
        assert_eq!(users("").len(), 3);
        let overview = teacher(app).get(&format!("{path}/overview")).send().expect(200).json();
        let numbers =
            ["learners", "started", "completed", "active_this_week"].map(|name| overview[name].clone());
        assert_eq!(numbers, [json!(2), json!(1), json!(0), json!(1)]);
        assert_eq!(overview["mean_percent"], 25.0);
        for part in ["learners", "overview", "learners/at-risk"] {
            let path = format!("{path}/{part}");
            student(app).get(&path).send().expect(403);
            other_teacher(app).get(&path).send().expect(404);
            admin(app).get(&path).send().expect(200);
        }
    });
}

#[test]
fn those_at_risk_have_done_nothing_for_some_days() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = class(app);
        let path = format!("{PATH}/courses/{}/learners/at-risk", scene.course.id);
        let users = |query: &str| -> Vec<Value> {
            let list = teacher(app).get(&format!("{path}{query}")).send().expect(200).json();
            list["items"].as_array().unwrap().iter().map(|item| item["user_id"].clone()).collect()
        };
        assert_eq!(users(""), [""; 0]);
        at(app, "2026-01-12T10:00:01Z");
        assert_eq!(users(""), [json!(OTHER)]);
        at(app, "2026-01-15T10:00:01Z");
        assert_eq!(users("?inactive_days=3"), [json!(OTHER), json!(STUDENT)]);
        teacher(app).get(&format!("{path}?inactive_days=0")).send().expect(400);
    });
}

#[test]
fn who_is_less_far_than_the_time_is_behind() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let mut enrollment = Enrollment::new(&scene.course, OTHER);
        let dates = [Some("2026-01-05T10:00:00Z"), Some("2026-01-25T10:00:00Z")];
        app.deliver(&enrollment.enrolled(1, dates)).unwrap();
        // A time of centuries is no time that is too long.
        let mut forever = Enrollment::new(&scene.course, NOBODY);
        app.deliver(&forever.enrolled(1, [None, Some("9999-01-01T00:00:00Z")])).unwrap();
        let path = format!("{PATH}/courses/{}/learners/at-risk", scene.course.id);
        let risks = || -> Vec<(String, Value)> {
            let list = teacher(app).get(&path).send().expect(200).json();
            let of = |item: &Value| (item["user_id"].as_str().unwrap().to_owned(), item["risks"].clone());
            list["items"].as_array().unwrap().iter().map(of).collect()
        };
        at(app, "2026-01-07T10:00:00Z");
        assert_eq!(risks(), []);
        at(app, "2026-01-07T10:01:00Z");
        assert_eq!(risks(), [(OTHER.to_owned(), json!(["behind"]))]);
        let other = app.as_user(OTHER).with_role(Role::Student);
        let lesson = scene.lesson(0).replace(STUDENT, OTHER);
        other.post(&format!("{lesson}/complete")).send().expect(200);
        assert_eq!(risks(), []);
        at(app, "2026-01-20T10:00:00Z");
        let all = risks();
        assert_eq!(all.len(), 3);
        assert!(all.contains(&(OTHER.to_owned(), json!(["inactive", "behind"]))), "{all:?}");
        assert!(all.contains(&(STUDENT.to_owned(), json!(["inactive"]))), "{all:?}");
    });
}

#[test]
fn a_class_is_exported_as_a_file() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = class(app);
        let path = format!("{PATH}/courses/{}/exports", scene.course.id);
        other_teacher(app).post(&path).json(&json!({ "format": "csv" })).send().expect(404);
        student(app).post(&path).json(&json!({ "format": "csv" })).send().expect(403);
        for format in ["csv", "xlsx"] {
            let begun = teacher(app).post(&path).json(&json!({ "format": format })).send().expect(202);
            let job = begun.header("location").unwrap().to_owned();
            let told = app.events_of("lyceum.progress.JobContinued.v1");
            app.deliver(&told.last().unwrap().to_deliver()).unwrap();
            let file = teacher(app).get(&format!("{job}/result")).send().expect(200);
            if format == "csv" {
                assert!(
                    file.text().starts_with("user_id,name,course_version,status,percent_complete"),
                    "{file:?}"
                );
                assert_eq!(file.text().lines().count(), 4);
                assert!(file.text().contains(STUDENT) && file.text().contains("in-progress,50"));
            } else {
                assert!(file.body().starts_with(b"PK"));
            }
            other_teacher(app).get(&format!("{job}/result")).send().expect(404);
        }
    });
}
