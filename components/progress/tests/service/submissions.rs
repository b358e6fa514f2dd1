//! What is handed in for assignments: drafts, dates, grades, comments.

use lyceum_testing::Answer;

use super::graded::*;
use super::*;

fn text(words: &str, submit: bool) -> Value {
    json!({ "submission_type": "text", "text_content": words, "submit": submit })
}

fn changed(app: &App, path: &str, content: &Value) -> Answer {
    let tag = student(app).get(path).send().expect(200).tag().to_owned();
    student(app).put(path).if_match(&tag).json(content).send()
}

#[test]
fn work_is_drafted_handed_in_once_and_graded() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let begun = student(app).post(&scene.submissions()).json(&text("It", false)).send().expect(201);
        let path = begun.header("location").unwrap().to_owned();
        assert_eq!((&begun.json()["status"], &begun.json()["max_score"]), (&json!("draft"), &json!("20")));
        assert_eq!(
            code(student(app).post(&scene.submissions()).json(&text("x", false)).send()),
            "DRAFT_EXISTS"
        );
        assert_eq!(count(app, "AssignmentSubmitted"), 0);
        assert_eq!(
            code(teacher(app).put(&format!("{path}/grade")).json(&json!({ "points": 1 })).send()),
            "NOT_SUBMITTED"
        );
        changed(app, &path, &text("", true)).expect(422);
        let done = changed(app, &path, &text("It rose.", true)).expect(200).json();
        assert_eq!(
            (&done["status"], &done["submitted_at"], &done["late"]),
            (&json!("submitted"), &json!(NOW), &json!(false))
        );
        assert_eq!(code(changed(app, &path, &text("No.", true))), "SUBMITTED");
        assert_eq!(
            code(student(app).post(&scene.submissions()).json(&text("x", false)).send()),
            "NO_RESUBMISSIONS_LEFT"
        );
        assert_eq!(count(app, "AssignmentSubmitted"), 1);
        let grade = format!("{path}/grade");
        for (body, pointer) in [
            (json!({ "points": "20.5" }), "/points"),
            (json!({}), "/points"),
            (json!({ "points": 1, "rubric": [{ "criterion_id": "c" }] }), "/rubric"),
        ] {
            assert_eq!(
                teacher(app).put(&grade).json(&body).send().expect(422).problem().pointers(),
                [pointer]
            );
        }
        student(app).put(&grade).json(&json!({ "points": 20 })).send().expect(403);
        other_teacher(app).put(&grade).json(&json!({ "points": 20 })).send().expect(404);
        let graded = teacher(app)
            .put(&grade)
            .json(&json!({ "points": "17.5", "feedback": "Good." }))
            .send()
            .expect(200)
            .json();
        assert_eq!(
            (&graded["status"], &graded["score"], &graded["graded_by"]),
            (&json!("graded"), &json!("17.50"), &json!(TEACHER))
        );
        let told = app.events_of("lyceum.progress.AssignmentGraded.v1");
        assert_eq!((told.len(), &told[0].data["score"]), (1, &json!(87.5)));
        assert_eq!(count(app, "LessonCompleted"), 1);
        assert_eq!(scene.own(app)["total"]["percent"], "87.50");
    });
}

#[test]
fn what_is_handed_in_is_of_a_type_that_the_assignment_takes() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene =
            graded(app, &Value::Null, &json!({ "submission_types": ["file", "link"], "resubmissions": 9 }));
        let send = |body: Value| student(app).post(&scene.submissions()).json(&body).send();
        let file = format!("/api/v1/files/{}", ids::new());
        for (body, pointer) in [
            (text("x", true), "/submission_type"),
            (
                json!({ "submission_type": "link", "link_url": "ftp://example.org", "submit": true }),
                "/link_url",
            ),
            (json!({ "submission_type": "file", "file_url": "/etc/passwd", "submit": true }), "/file_url"),
            (json!({ "submission_type": "file", "submit": true }), "/file_url"),
            // The path of a file within something else is no file's address.
            (
                json!({ "submission_type": "file", "file_url": format!("javascript:alert(1)//{file}") }),
                "/file_url",
            ),
            (
                json!({ "submission_type": "file", "file_url": format!("https://example.org/?a={file}") }),
                "/file_url",
            ),
            (json!({ "submission_type": "file", "file_url": format!("//example.org{file}") }), "/file_url"),
            (
                json!({ "submission_type": "link", "link_url": "https://example.org", "file_url": file }),
                "/file_url",
            ),
        ] {
            assert_eq!(send(body.clone()).expect(422).problem().pointers(), [pointer], "{body}");
        }
        send(json!({ "submission_type": "link", "link_url": "https://example.org/a", "submit": true }))
            .expect(201);
        send(json!({ "submission_type": "file", "file_url": file, "submit": true })).expect(201);
        let linked = format!("https://lyceum.example{file}/content?signature=a");
        send(json!({ "submission_type": "file", "file_url": linked, "submit": true })).expect(201);
    });
}

#[test]
fn what_is_late_is_refused_or_taken_or_worth_less_as_the_assignment_says() {
    App::new(&SERVICE).on_each_database(|app| {
        let due = "2026-01-06T10:00:00Z";
        let deduct = json!({ "kind": "deduct", "percent_per_day": 10, "maximum_percent": 25 });
        for (late, moment, penalty, score) in [
            (json!({ "kind": "accept" }), "2026-01-09T10:00:00Z", "0.00", "16.00"),
            (deduct.clone(), due, "0.00", "16.00"),
            (deduct.clone(), "2026-01-06T10:00:01Z", "10.00", "14.40"),
            (deduct.clone(), "2026-01-07T10:00:01Z", "20.00", "12.80"),
            (deduct, "2026-01-16T10:00:01Z", "25.00", "12.00"),
        ] {
            let scene = graded(app, &Value::Null, &json!({ "due_at": due, "late": late }));
            at(app, moment);
            let path = scene.hand_in(app);
            let graded = teacher(app)
                .put(&format!("{path}/grade"))
                .json(&json!({ "points": 16 }))
                .send()
                .expect(200)
                .json();
            assert_eq!(
                (&graded["penalty"], &graded["score"], &graded["points"]),
                (&json!(penalty), &json!(score), &json!("16.00"))
            );
            assert_eq!(graded["late"], json!(moment != due));
        }
        let scene = graded(app, &Value::Null, &json!({ "due_at": due, "late": { "kind": "refuse" } }));
        let path = student(app).post(&scene.submissions()).json(&text("x", false)).send().expect(201);
        at(app, "2026-01-06T10:00:01Z");
        assert_eq!(code(changed(app, path.header("location").unwrap(), &text("x", true))), "SUBMISSION_LATE");
    });
}

#[test]
fn an_extension_moves_the_dates_for_one_person() {
    App::new(&SERVICE).on_each_database(|app| {
        let due = "2026-01-06T10:00:00Z";
        let dates = json!({ "opens_at": "2026-01-05T12:00:00Z", "due_at": due, "closes_at": due, "late": { "kind": "refuse" } });
        let scene = graded(app, &Value::Null, &dates);
        assert_eq!(code(student(app).post(&scene.submissions()).json(&text("x", true)).send()), "ASSIGNMENT_NOT_OPEN");
        at(app, "2026-01-06T10:00:01Z");
        assert_eq!(code(student(app).post(&scene.submissions()).json(&text("x", true)).send()), "ASSIGNMENT_CLOSED");
        let path = format!("{PATH}/users/{STUDENT}/assignments/{}/extension", scene.assignment);
        student(app).get(&path).send().expect(404);
        let later = json!({ "due_at": "2026-01-08T10:00:00Z" });
        student(app).put(&path).json(&later).send().expect(403);
        other_teacher(app).put(&path).json(&later).send().expect(404);
        teacher(app).put(&path).json(&json!({})).send().expect(422);
        let given = teacher(app).put(&path).json(&later).send().expect(200);
        assert_eq!(student(app).get(&path).send().expect(200).json()["due_at"], "2026-01-08T10:00:00Z");
        teacher(app).put(&path).if_match("\"7\"").json(&later).send().expect(412);
        let path_of = scene.hand_in(app);
        let shown = student(app).get(&path_of).send().expect(200).json();
        assert_eq!((&shown["late"], &shown["due_at"]), (&json!(false), &json!("2026-01-08T10:00:00Z")));
        teacher(app).delete(&path).if_match(given.tag()).send().expect(204);
        teacher(app).delete(&path).send().expect(404);
    });
}

#[test]
fn a_rubric_is_judged_by_levels_and_adds_up() {
    App::new(&SERVICE).on_each_database(|app| {
        let rubric = json!({ "criteria": [
            { "id": "crumb", "title": "Crumb", "points_possible": "12", "levels": [
                { "id": "good", "title": "Good", "points": "12" }, { "id": "fair", "title": "Fair", "points": "5.5" },
            ] },
            { "id": "crust", "title": "Crust", "points_possible": "8", "levels": [{ "id": "good", "title": "Good", "points": "8" }] },
        ] });
        let scene = graded(app, &Value::Null, &json!({ "rubric": rubric }));
        let path = scene.hand_in(app);
        let judged = |crust: Value| {
            let rubric = json!([{ "criterion_id": "crumb", "level_id": "fair", "comment": "Dense." }, crust]);
            teacher(app).put(&format!("{path}/grade")).json(&json!({ "rubric": rubric })).send()
        };
        judged(json!({ "criterion_id": "crust", "level_id": "none" })).expect(422);
        let graded = judged(json!({ "criterion_id": "crust", "level_id": "good" })).expect(200).json();
        assert_eq!((&graded["score"], &graded["rubric"][0]["comment"]), (&json!("13.50"), &json!("Dense.")));
    });
}

#[test]
fn work_is_handed_in_again_as_often_as_allowed_and_the_last_grade_counts() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &json!({ "resubmissions": 1 }));
        for points in [18, 9] {
            let path = scene.hand_in(app);
            teacher(app).put(&format!("{path}/grade")).json(&json!({ "points": points })).send().expect(200);
        }
        assert_eq!(scene.own(app)["total"]["percent"], "45.00");
        assert_eq!(
            code(student(app).post(&scene.submissions()).json(&text("x", true)).send()),
            "NO_RESUBMISSIONS_LEFT"
        );
        let list = student(app).get(&scene.submissions()).send().expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        // The first one is graded again: the last one still counts.
        let first = list["items"][0]["id"].as_str().unwrap();
        let path = format!("{}/{first}/grade", scene.submissions());
        teacher(app).put(&path).json(&json!({ "points": 20 })).send().expect(200);
        assert_eq!(scene.own(app)["total"]["percent"], "45.00");
        let of_course = format!("{PATH}/courses/{}/submissions?status=graded", scene.course.id);
        assert_eq!(
            teacher(app).get(&of_course).send().expect(200).json()["items"].as_array().unwrap().len(),
            2
        );
        other_teacher(app).get(&of_course).send().expect(404);
    });
}

#[test]
fn learner_and_instructors_talk_about_a_submission_and_nobody_else() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let path = format!("{}/comments", scene.hand_in(app));
        let say = |caller: As<'_>, words: &str| caller.post(&path).json(&json!({ "text": words })).send();
        say(student(app), "Was it enough?").expect(201);
        say(teacher(app), "Nearly.").expect(201);
        say(other_teacher(app), "No.").expect(404);
        say(student(app), " ").expect(422);
        let list = student(app).get(&path).send().expect(200).json();
        let texts: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|one| &one["text"]).collect();
        assert_eq!(texts, ["Was it enough?", "Nearly."]);
        other_teacher(app).get(&path).send().expect(404);
    });
}

#[test]
fn each_person_is_told_once_of_each_date_that_comes_soon_fifty_at_a_time() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &json!({ "due_at": "2026-01-07T10:00:00Z" }));
        let people: Vec<String> = (0..60).map(|_| ids::new().to_string()).collect();
        for person in &people {
            app.deliver(&Enrollment::new(&scene.course, person).enrolled(1, [None, None])).unwrap();
        }
        // One has handed in, and one has time until later.
        let content = text("x", true);
        let path = format!("{PATH}/users/me/assignments/{}/submissions", scene.assignment);
        app.as_user(&people[0]).post(&path).json(&content).send().expect(201);
        let later = json!({ "due_at": "2026-01-09T10:00:00Z" });
        let extension = format!("{PATH}/users/{}/assignments/{}/extension", people[1], scene.assignment);
        teacher(app).put(&extension).json(&later).send().expect(200);
        app.tick("minute").unwrap();
        assert_eq!(count(app, "AssignmentDueSoon"), 0);
        at(app, "2026-01-06T10:00:00Z");
        for _ in 0..2 {
            app.tick("minute").unwrap();
        }
        let told = app.events_of("lyceum.progress.AssignmentDueSoon.v1");
        let sizes: Vec<usize> =
            told.iter().map(|event| event.data["user_ids"].as_array().unwrap().len()).collect();
        assert_eq!(sizes, [50, 9]);
        assert!(
            told.iter()
                .all(|event| event.data["title"] == "Bake" && !event.data.to_string().contains(&people[1]))
        );
        at(app, "2026-01-08T10:00:00Z");
        for _ in 0..2 {
            app.tick("minute").unwrap();
        }
        let told = app.events_of("lyceum.progress.AssignmentDueSoon.v1");
        assert_eq!((told.len(), &told[2].data["user_ids"]), (3, &json!([people[1]])));
    });
}
