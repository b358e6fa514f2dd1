//! Quizzes: who sees their answers, what is refused, and what the service that grades gets.

use super::*;

/// Words that are nowhere but in answers.
const SECRETS: [&str; 9] =
    ["explained", "31.4159", "0.0271", "relative", "acceptable", "gapword", "correct", "pairs", "tolerance"];

fn items(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({ "id": id, "text": format!("text of {id}") })).collect()
}

/// A question of each kind, of which the answer is told by the words above.
fn questions() -> Value {
    json!([
        { "type": "single-choice", "text": "1?", "points": "2.50", "options": items(&["right", "wrong"]),
            "correct": ["right"], "explanation": "explained" },
        { "type": "multiple-choice", "text": "2?", "options": items(&["a", "b", "c"]), "correct": ["a", "c"],
            "partial": true, "explanation": "explained" },
        { "type": "true-false", "text": "3?", "correct": true, "explanation": "explained" },
        { "type": "numeric", "text": "4?", "correct": "31.4159", "tolerance": "0.0271",
            "tolerance_kind": "relative", "explanation": "explained" },
        { "type": "short-answer", "text": "5?", "accepted": ["acceptable"], "explanation": "explained" },
        { "type": "fill-in", "text": "6 {{1}}?", "gaps": [{ "accepted": ["gapword"] }], "explanation": "explained" },
        { "type": "matching", "text": "7?", "left": items(&["1", "2"]), "right": items(&["1", "2", "3"]),
            "pairs": [["1", "1"], ["2", "2"]], "explanation": "explained" },
        { "type": "ordering", "text": "8?", "items": items(&["first", "second", "third", "fourth"]),
            "correct": ["first", "second", "third", "fourth"], "explanation": "explained" },
        { "type": "essay", "text": "9?", "points": "10", "explanation": "explained" },
    ])
}

fn quiz_with(quiz: &Value) -> Value {
    json!({ "title": "A quiz", "type": "quiz", "content": { "quiz": quiz } })
}

fn quiz() -> Value {
    quiz_with(&json!({ "passing_score": 60, "questions": questions() }))
}

fn add(app: &App, module: &str, lesson: &Value) -> Answer {
    teacher(app).post(&format!("{module}/lessons")).json(lesson).send()
}

fn definition(app: &App, course: &str, version: i64, quiz: &str) -> Answer {
    let path = format!("/internal/courses/{}/versions/{version}/quizzes/{}", id_of(course), id_of(quiz));
    app.as_service("progress").get(&path).send()
}

#[test]
fn a_learner_reads_a_quiz_of_each_kind_without_its_answers() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, _] = small_course(app, "A");
        let lesson = location(&add(app, &module, &quiz()).expect(201));
        publish(app, &course);
        let read = learner(app, &course).get(&lesson).send().expect(200);
        for secret in SECRETS {
            assert!(!read.text().contains(secret), "{secret} in {}", read.text());
        }
        let asked = read.json()["content"]["quiz"].clone();
        assert_eq!(read.json()["content"]["quiz_id"], id_of(&lesson));
        assert_eq!((&asked["question_count"], &asked["points"]), (&json!(9), &json!("19.5")));
        let asked = asked["questions"].as_array().unwrap().clone();
        assert_eq!(asked.len(), 9);
        assert_eq!(asked[0]["options"][0]["text"], "text of right");
        assert_eq!(asked[5]["gap_count"], 1);
        for (at, name) in [(0, "options"), (1, "options"), (6, "left"), (6, "right"), (7, "items")] {
            for item in asked[at][name].as_array().unwrap() {
                let id = item["id"].as_str().unwrap();
                assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
            }
        }
        for (at, name) in [(6, "right"), (7, "items")] {
            let ids: Vec<&str> =
                asked[at][name].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
            assert!(ids.is_sorted(), "{ids:?}");
        }
        // Lists and modules hold nothing of it either.
        for path in [format!("{module}/lessons"), module.clone(), course.clone()] {
            let read = learner(app, &course).get(&path).send().expect(200);
            assert!(!read.text().contains("explained"), "{}", read.text());
        }
    });
}

#[test]
fn who_writes_a_quiz_sees_all_of_it_and_sends_it_back_as_it_is() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, module, _] = small_course(app, "A");
        let added = add(app, &module, &quiz()).expect(201);
        assert!(!added.text().contains("explained"), "an answer that is remembered is small");
        let lesson = location(&added);
        let read = teacher(app).get(&lesson).send().expect(200).json();
        let whole = read["content"]["quiz"].clone();
        assert_eq!(whole["questions"][0]["correct"][0], whole["questions"][0]["options"][0]["id"]);
        assert_eq!(whole["questions"][3]["correct"], "31.4159");
        assert_eq!(whole["questions"][0]["points"], "2.5");
        changed(app, &lesson, &quiz_with(&whole)).expect(200);
        assert_eq!(teacher(app).get(&lesson).send().expect(200).json()["content"]["quiz"], whole);
    });
}

#[test]
fn questions_are_asked_when_the_quiz_is_open_and_has_no_time_limit() {
    App::new(&SERVICE).on_each_database(|app| {
        app.stop_clock(Timestamp::from_micros(1_800_000_000_000_000));
        let [course, module, _] = small_course(app, "A");
        let with = |field: &str, value: Value| {
            let mut lesson = quiz();
            lesson["content"]["quiz"][field] = value;
            location(&add(app, &module, &lesson).expect(201))
        };
        let timed = with("time_limit", json!(600));
        let early = with("opens_at", json!("2027-01-16T00:00:00Z"));
        publish(app, &course);
        let learner = learner(app, &course);
        let asked = |lesson: &str| learner.get(lesson).send().expect(200).json()["content"]["quiz"].clone();
        for lesson in [&timed, &early] {
            assert_eq!(
                (&asked(lesson)["questions"], &asked(lesson)["question_count"]),
                (&Value::Null, &json!(9))
            );
        }
        app.stop_clock(Timestamp::from_micros(1_800_000_000_000_000 + 2 * 86_400_000_000));
        assert_eq!(asked(&early)["questions"].as_array().unwrap().len(), 9);
        assert_eq!(asked(&timed)["questions"], Value::Null);
    });
}

#[test]
fn what_breaks_a_rule_is_named() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, module, _] = small_course(app, "A");
        let essay = json!([{ "type": "essay", "text": "?" }]);
        for (quiz, pointer) in [
            (json!({}), "/content/quiz/questions"),
            (json!({ "questions": essay, "time_limit": -1 }), "/content/quiz/time_limit"),
            (json!({ "questions": essay, "grace": 3_601 }), "/content/quiz/grace"),
            (json!({ "questions": essay, "attempts_allowed": 1_001 }), "/content/quiz/attempts_allowed"),
            (json!({ "questions": essay, "passing_score": 101 }), "/content/quiz/passing_score"),
            (json!({ "questions": essay, "feedback": "after_close" }), "/content/quiz/closes_at"),
            (json!({ "questions": essay, "opens_at": "2027-01-02T00:00:00Z", "closes_at": "2027-01-01T00:00:00Z" }),
                "/content/quiz/closes_at"),
            (json!({ "questions": [{ "type": "essay", "text": "" }] }), "/content/quiz/questions/0/text"),
            (json!({ "questions": [{ "type": "essay", "text": "?", "points": "one" }] }),
                "/content/quiz/questions/0/points"),
            (json!({ "questions": [{ "type": "true-false", "text": "?" }] }), "/content/quiz/questions/0/correct"),
            (json!({ "questions": [{ "type": "poem", "text": "?" }] }), "/content/quiz/questions/0/type"),
            (json!({ "draws": [{ "bank_id": NOBODY, "count": 0 }] }), "/content/quiz/draws/0/count"),
            (json!({ "draws": [{ "bank_id": NOBODY, "count": 1 }] }), "/content/quiz/draws/0/bank_id"),
        ] {
            let problem = add(app, &module, &quiz_with(&quiz)).expect(422).problem();
            assert_eq!(problem.pointers()[0], pointer, "{quiz}");
        }
        let mut mixed = quiz();
        mixed["content"]["link_url"] = json!("https://example.org/");
        assert_eq!(add(app, &module, &mixed).expect(422).problem().pointers(), ["/content/link_url"]);
        let none = json!({ "title": "A", "type": "quiz", "content": { "text_content": "a" } });
        assert_eq!(add(app, &module, &none).expect(422).problem().pointers(), ["/content/quiz"]);
        let mut text = text("A");
        text["content"]["quiz"] = json!({ "questions": essay });
        assert_eq!(add(app, &module, &text).expect(422).problem().pointers(), ["/content/quiz"]);
    });
}

#[test]
fn the_service_that_grades_gets_a_published_quiz_whole_and_nobody_else_does() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, text] = small_course(app, "A");
        let lesson = location(&add(app, &module, &quiz()).expect(201));
        definition(app, &course, 1, &lesson).expect(404);
        publish(app, &course);
        let told = app.events_of("lyceum.courses.CoursePublished.v1").pop().unwrap();
        assert_eq!(told.data["modules"][0]["lessons"][1]["quiz_id"], id_of(&lesson));
        assert_eq!(told.data["modules"][0]["lessons"][0]["quiz_id"], Value::Null);
        let first = definition(app, &course, 1, &lesson).expect(200).json();
        assert_eq!((&first["id"], &first["title"]), (&json!(id_of(&lesson)), &json!("A quiz")));
        assert_eq!((&first["passing_score"], &first["scoring"]), (&json!(60), &json!("best")));
        assert_eq!(first["module_id"], id_of(&module));
        assert_eq!(first["questions"][3]["tolerance"], "0.0271");
        assert_eq!(first["questions"][0]["explanation"], "explained");
        let essay = &first["questions"][8];
        assert_eq!(
            first["texts_html"][essay["id"].as_str().unwrap()],
            format!("<p>{}</p>\n", essay["text"].as_str().unwrap())
        );
        // It never changes.
        changed(app, &lesson, &quiz_with(&json!({ "questions": [{ "type": "essay", "text": "?" }] })))
            .expect(200);
        publish(app, &course);
        assert_eq!(definition(app, &course, 1, &lesson).expect(200).json(), first);
        assert_eq!(
            definition(app, &course, 2, &lesson).expect(200).json()["questions"].as_array().unwrap().len(),
            1
        );
        for (course, version, quiz) in [(&course, 3, &lesson), (&course, 1, &text), (&lesson, 1, &lesson)] {
            definition(app, course, version, quiz).expect(404);
        }
        let path = format!("/internal/courses/{}/versions/1/quizzes/{}", id_of(&course), id_of(&lesson));
        for caller in [teacher(app), admin(app), student(app), app.anonymous(), app.as_service("users")] {
            caller.get(&path).send().expect(403);
        }
    });
}

/// What isn't under a path that the manifest gives the service isn't reached from outside.
#[test]
fn nothing_internal_is_reached_through_the_gateway() {
    let manifest = std::fs::read_to_string("../../spin.toml").unwrap();
    let paths: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.trim().strip_prefix("{ p"))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert!(paths.contains(&"/api/v1/courses"));
    assert!(paths.iter().all(|path| !path.starts_with("/internal") && *path != "/"), "{paths:?}");
}
