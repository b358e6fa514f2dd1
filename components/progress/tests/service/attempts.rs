//! Attempts at quizzes: who makes them, what they are told and when, and what they come to.

use super::graded::*;
use super::*;

#[test]
fn an_attempt_is_begun_saved_handed_in_and_graded_at_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &json!({ "passing_score": 75 }), &Value::Null);
        let path = scene.begin(app);
        let begun = student(app).get(&path).send().expect(200).json();
        assert_eq!((&begun["status"], &begun["attempt_number"]), (&json!("in-progress"), &json!(1)));
        assert_eq!((&begun["total_questions"], &begun["points_possible"]), (&json!(2), &json!("4.00")));
        assert!(!begun.to_string().contains("4711") && !begun.to_string().contains("told in the lesson"));
        assert_eq!(code(student(app).post(&scene.attempts()).send()), "ATTEMPT_IN_PROGRESS");
        saved(app, &path, &json!([choice("q1", "o1")])).expect(200);
        student(app).put(&path).if_match("\"1\"").json(&json!({ "answers": [] })).send().expect(412);
        let done = answered(app, &path, &json!([choice("q1", "o1"), words("q2", "4710")]));
        assert_eq!(
            (&done["status"], &done["score"], &done["passed"]),
            (&json!("completed"), &json!("75.00"), &json!(true))
        );
        let shown = student(app).get(&path).send().expect(200).json();
        assert_eq!((&shown["correct_answers"], &shown["incorrect_answers"]), (&json!(1), &json!(1)));
        let responses = shown["responses"].as_array().unwrap();
        assert_eq!(
            (&responses[0]["correct"], &responses[0]["right"]["selected_options"]),
            (&json!(false), &json!(["o2"]))
        );
        assert_eq!(code(student(app).post(&format!("{path}/submit")).send()), "ATTEMPT_OVER");
        assert_eq!(code(saved(app, &path, &json!([]))), "ATTEMPT_OVER");
        let told = app.events_of("lyceum.progress.QuizCompleted.v1");
        assert_eq!(
            (told.len(), &told[0].data["score"], &told[0].data["passed"]),
            (1, &json!(75.0), &json!(true))
        );
        // The lesson is completed by it.
        assert_eq!(count(app, "LessonCompleted"), 1);
    });
}

#[test]
fn a_request_that_is_repeated_begins_and_hands_in_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let begin = || student(app).post(&scene.attempts()).key("b1").send().expect(201);
        assert_eq!(begin().header("location"), begin().header("location"));
        let path = begin().header("location").unwrap().to_owned();
        let submit = || student(app).post(&format!("{path}/submit")).key("s1").send().expect(200).json();
        assert_eq!(submit(), submit());
        assert_eq!(count(app, "QuizCompleted"), 1);
    });
}

#[test]
fn answers_that_are_none_are_refused_each_at_its_place() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let path = scene.begin(app);
        let wrong = json!([choice("q1", "o9"), words("q9", "1"), words("q2", "7"), choice("q2", "o1")]);
        let problem = saved(app, &path, &wrong).expect(422).problem();
        assert_eq!(problem.pointers(), ["/answers/0", "/answers/1/question_id", "/answers/3/question_id"]);
    });
}

#[test]
fn what_is_there_when_the_time_and_the_grace_are_over_is_handed_in() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene =
            graded(app, &json!({ "time_limit": 600, "grace": 30, "attempts_allowed": 2 }), &Value::Null);
        let path = scene.begin(app);
        at(app, "2026-01-05T10:10:29Z");
        saved(app, &path, &json!([words("q2", "4711")])).expect(200);
        app.tick("minute").unwrap();
        assert_eq!(student(app).get(&path).send().expect(200).json()["status"], "in-progress");
        at(app, "2026-01-05T10:10:30Z");
        assert_eq!(
            code(saved(app, &path, &json!([choice("q1", "o2"), words("q2", "4711")]))),
            "ATTEMPT_OVER"
        );
        let done = student(app).get(&path).send().expect(200).json();
        assert_eq!(
            (&done["status"], &done["score"], &done["time_spent"]),
            (&json!("completed"), &json!("75.00"), &json!(630))
        );
        // The next one ends by the tick alone.
        let path = scene.begin(app);
        at(app, "2026-01-05T11:00:00Z");
        for _ in 0..2 {
            app.tick("minute").unwrap();
        }
        let done = student(app).get(&path).send().expect(200).json();
        assert_eq!(
            (&done["status"], &done["completed_at"]),
            (&json!("completed"), &json!("2026-01-05T10:21:00Z"))
        );
        assert_eq!(code(student(app).post(&scene.attempts()).send()), "NO_ATTEMPTS_LEFT");
        assert_eq!(count(app, "QuizCompleted"), 2);
    });
}

#[test]
fn an_attempt_without_a_limit_that_nothing_happens_to_is_given_up_and_counts_as_one() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &json!({ "attempts_allowed": 1 }), &Value::Null);
        let path = scene.begin(app);
        at(app, "2026-01-19T09:59:59Z");
        app.tick("hour").unwrap();
        assert_eq!(student(app).get(&path).send().expect(200).json()["status"], "in-progress");
        at(app, "2026-01-19T10:00:00Z");
        app.tick("hour").unwrap();
        let done = student(app).get(&path).send().expect(200).json();
        assert_eq!((&done["status"], &done["score"]), (&json!("abandoned"), &Value::Null));
        assert_eq!(code(student(app).post(&scene.attempts()).send()), "NO_ATTEMPTS_LEFT");
        assert_eq!(count(app, "QuizCompleted"), 0);
    });
}

#[test]
fn a_quiz_is_open_from_when_until_when_it_says_and_ends_all_attempts_then() {
    App::new(&SERVICE).on_each_database(|app| {
        let dates = json!({ "opens_at": "2026-01-06T00:00:00Z", "closes_at": "2026-01-07T00:00:00Z", "time_limit": 604_800 });
        let scene = graded(app, &dates, &Value::Null);
        assert_eq!(code(student(app).post(&scene.attempts()).send()), "QUIZ_NOT_OPEN");
        at(app, "2026-01-06T00:00:00Z");
        let path = scene.begin(app);
        assert_eq!(student(app).get(&path).send().expect(200).json()["ends_at"], "2026-01-07T00:00:00Z");
        at(app, "2026-01-07T00:00:00Z");
        assert_eq!(code(student(app).post(&scene.attempts()).send()), "QUIZ_CLOSED");
        assert_eq!(student(app).get(&path).send().expect(200).json()["status"], "completed");
    });
}

#[test]
fn what_is_right_is_told_when_the_quiz_allows_it_and_to_instructors_always() {
    App::new(&SERVICE).on_each_database(|app| {
        let closes = "2026-02-01T00:00:00Z";
        for (feedback, before, after) in
            [("after_submit", true, true), ("after_close", false, true), ("never", false, false)]
        {
            let scene = graded(app, &json!({ "feedback": feedback, "closes_at": closes }), &Value::Null);
            let path = scene.begin(app);
            answered(app, &path, &json!([words("q2", "12")]));
            let is_told = |user: As<'_>| {
                let shown = user.get(&path).send().expect(200).json();
                assert_eq!(shown["score"], "0.00");
                assert_eq!(shown["correct_answers"].is_null(), shown["responses"][0]["right"].is_null());
                shown.to_string().contains("4711")
            };
            assert_eq!((is_told(student(app)), is_told(teacher(app))), (before, true), "{feedback}");
            at(app, closes);
            assert_eq!(is_told(student(app)), after, "{feedback}");
        }
    });
}

#[test]
fn a_question_of_an_attempt_has_the_form_that_its_lesson_shows() {
    App::new(&SERVICE).on_each_database(|app| {
        let items = json!([{ "id": "i1", "text": "Knead" }, { "id": "i2", "text": "Bake" }]);
        let questions = json!([
            question("q1", "1", "ordering", json!({ "items": items, "correct": ["i1", "i2"] })),
            question("q2", "1", "fill-in", json!({ "gaps": [{ "accepted": ["rye"] }] })),
        ]);
        let quiz = json!({ "questions": questions, "texts_html": { "q1": "<p>In which order?</p>" } });
        let scene = graded(app, &quiz, &Value::Null);
        let asked = student(app).get(&scene.begin(app)).send().expect(200).json()["questions"].clone();
        assert_eq!(asked[0]["items"].as_array().unwrap().len(), 2);
        assert_eq!((asked[0].get("options"), asked[1].get("gaps")), (None, None));
        assert_eq!((&asked[1]["gap_count"], asked[1].get("text_html")), (&json!(1), None));
        assert_eq!(asked[0]["text_html"], "<p>In which order?</p>");
    });
}

#[test]
fn an_essay_waits_for_an_instructor_and_the_score_with_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut questions = plain_questions();
        questions.as_array_mut().unwrap().push(question("q3", "4", "essay", json!({})));
        let scene = graded(app, &json!({ "questions": questions, "passing_score": 50 }), &Value::Null);
        let path = scene.begin(app);
        let done = answered(app, &path, &json!([choice("q1", "o2"), words("q3", "Yeast is alive.")]));
        assert_eq!(
            (&done["status"], &done["score"], &done["awaiting"]),
            (&json!("completed"), &Value::Null, &json!(1))
        );
        assert_eq!(count(app, "QuizCompleted"), 0);
        let list = format!("{PATH}/courses/{}/attempts?awaiting=true", scene.course.id);
        let waiting = || teacher(app).get(&list).send().expect(200).json()["items"].as_array().unwrap().len();
        assert_eq!(waiting(), 1);
        let mark = format!("{path}/responses/q3");
        let marking = |points: &str| json!({ "points": points, "feedback": "Say how." });
        student(app).put(&mark).json(&marking("4")).send().expect(403);
        other_teacher(app).put(&mark).json(&marking("4")).send().expect(404);
        let problem = teacher(app).put(&mark).json(&marking("4.5")).send().expect(422).problem();
        assert_eq!(problem.pointers(), ["/points"]);
        teacher(app).put(&format!("{path}/responses/q9")).json(&marking("1")).send().expect(404);
        let graded = teacher(app).put(&mark).json(&marking("2.5")).send().expect(200).json();
        assert_eq!((&graded["score"], &graded["passed"], waiting()), (&json!("43.75"), &json!(false), 0));
        let shown = student(app).get(&path).send().expect(200).json();
        assert_eq!(
            (&shown["responses"][2]["score"], &shown["responses"][2]["feedback"]),
            (&json!("2.50"), &json!("Say how."))
        );
        // What was graded by itself may be graded by hand, too.
        let again =
            teacher(app).put(&format!("{path}/responses/q2")).json(&marking("3")).send().expect(200).json();
        assert_eq!((&again["score"], &again["passed"]), (&json!("81.25"), &json!(true)));
        assert_eq!(count(app, "QuizCompleted"), 2);
    });
}

#[test]
fn of_several_attempts_the_one_counts_that_the_quiz_says() {
    App::new(&SERVICE).on_each_database(|app| {
        for (scoring, percent) in
            [("best", "100.00"), ("last", "0.00"), ("average", "58.33"), ("first", "75.00")]
        {
            let scene = graded(app, &json!({ "scoring": scoring, "passing_score": 80 }), &Value::Null);
            for answers in
                [json!([words("q2", "4711")]), json!([words("q2", "4711"), choice("q1", "o2")]), json!([])]
            {
                answered(app, &scene.begin(app), &answers);
            }
            let list = student(app).get(&scene.attempts()).send().expect(200).json();
            let numbers: Vec<&Value> =
                list["items"].as_array().unwrap().iter().map(|one| &one["attempt_number"]).collect();
            assert_eq!(numbers, [1, 2, 3]);
            assert_eq!(scene.own(app)["total"]["percent"], percent, "{scoring}");
        }
    });
}

#[test]
fn attempts_are_made_by_learners_and_seen_by_them_and_those_who_give_the_course() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut scene = graded(app, &Value::Null, &Value::Null);
        let path = scene.begin(app);
        let stranger = || app.as_user(NOBODY).with_role(Role::Student);
        stranger().post(&scene.attempts().replace(STUDENT, "me")).send().expect(404);
        admin(app).post(&scene.attempts()).send().expect(404);
        for (caller, status) in [
            (student(app), 200),
            (teacher(app), 200),
            (admin(app), 200),
            (other_teacher(app), 404),
            (stranger(), 404),
        ] {
            caller.get(&path).send().expect(status);
            caller.get(&scene.attempts()).send().expect(status);
        }
        teacher(app).put(&path).if_match("\"1\"").json(&json!({ "answers": [] })).send().expect(403);
        teacher(app).get(&format!("{PATH}/courses/{}/attempts", scene.course.id)).send().expect(200);
        other_teacher(app).get(&format!("{PATH}/courses/{}/attempts", scene.course.id)).send().expect(404);
        student(app).get(&format!("{PATH}/courses/{}/attempts", scene.course.id)).send().expect(403);
        student(app).post(&format!("{path}/submit")).send().expect(200);
        app.deliver(&scene.enrollment.ended()).unwrap();
        assert_eq!(code(student(app).post(&scene.attempts()).send()), "NOT_ENROLLED");
    });
}

#[test]
fn a_quiz_that_courses_cannot_tell_of_is_begun_later() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, NOW);
        let quiz_id = ids::new();
        let mut course = Course::new();
        app.on_send("courses", |_| Err(lyceum_kit::http::SendError::Unavailable("away".to_owned())));
        let published = course.published(1, &[(ids::new(), vec![quiz(quiz_id, quiz_id)])]);
        assert!(app.deliver(&published).unwrap_err().starts_with("unavailable"));
        let mut enrollment = Enrollment::new(&course, STUDENT);
        app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
        let path = format!("{PATH}/users/me/quizzes/{quiz_id}/attempts");
        student(app).post(&path).send().expect(503);
        told(app, &Value::Null, &Value::Null);
        app.deliver(&published).unwrap();
        student(app).post(&path).send().expect(201);
        // It is asked for once.
        app.on_send("courses", |_| Err(lyceum_kit::http::SendError::Unavailable("away".to_owned())));
        student(app).get(&path).send().expect(200);
    });
}

#[test]
fn what_is_saved_when_the_enrolment_ends_is_handed_in_and_no_more() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut scene = graded(app, &json!({ "attempts_allowed": 2 }), &Value::Null);
        let path = scene.begin(app);
        saved(app, &path, &json!([words("q2", "4711")])).expect(200);
        let over = scene.enrollment.ended();
        for _ in 0..2 {
            app.deliver(&over).unwrap();
        }
        let done = student(app).get(&path).send().expect(200).json();
        assert_eq!((&done["status"], &done["score"]), (&json!("completed"), &json!("75.00")));
        assert_eq!(count(app, "QuizCompleted"), 1);
        assert_eq!(code(saved(app, &path, &json!([choice("q1", "o2")]))), "ATTEMPT_OVER");
        assert_eq!(code(student(app).post(&scene.attempts()).send()), "NOT_ENROLLED");
    });
}

#[test]
fn nothing_is_saved_nor_added_after_the_last_day_of_the_enrolment() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut scene = graded(app, &Value::Null, &Value::Null);
        let path = scene.begin(app);
        saved(app, &path, &json!([words("q2", "4711")])).expect(200);
        let dates = json!({
            "course_version": 1, "starts_at": null, "expires_at": "2026-01-06T00:00:00Z", "updated_at": NOW,
        });
        app.deliver(&scene.enrollment.told("EnrollmentUpdated", &dates)).unwrap();
        saved(app, &path, &json!([words("q2", "4711")])).expect(200);
        at(app, "2026-01-06T00:00:00Z");
        let late = json!([choice("q1", "o2"), words("q2", "4711")]);
        assert_eq!(code(saved(app, &path, &late)), "ATTEMPT_OVER");
        let done = student(app).get(&path).send().expect(200).json();
        assert_eq!((&done["status"], &done["score"]), (&json!("completed"), &json!("75.00")));
    });
}
