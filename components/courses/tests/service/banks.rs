//! Question banks, and quizzes that draw of them.

use super::*;

fn bank(app: &App, course: &str, questions: usize) -> String {
    let fields = fields(questions);
    location(&teacher(app).post(&format!("{course}/question-banks")).json(&fields).send().expect(201))
}

fn fields(questions: usize) -> Value {
    let questions: Vec<Value> = (0..questions)
        .map(|number| json!({ "type": "true-false", "text": format!("{number}?"), "correct": true }))
        .collect();
    json!({ "title": "Flour", "questions": questions })
}

fn drawing(bank: &str, count: i64) -> Value {
    let draws = json!([{ "bank_id": id_of(bank), "count": count }]);
    json!({ "title": "Q", "type": "quiz", "content": { "quiz": { "draws": draws } } })
}

fn add(app: &App, module: &str, lesson: &Value) -> Answer {
    teacher(app).post(&format!("{module}/lessons")).json(lesson).send()
}

#[test]
fn a_bank_is_kept_by_who_writes_the_course_and_seen_by_nobody_else() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, ..] = small_course(app, "A");
        publish(app, &course);
        let path = format!("{course}/question-banks");
        let add = || teacher(app).post(&path).key("k").json(&super::banks::fields(2)).send().expect(201);
        let (added, again) = (add(), add());
        assert_eq!(added.body(), again.body());
        let bank = location(&added);
        assert_eq!(added.json()["question_count"], 2);
        let read = teacher(app).get(&bank).send().expect(200).json();
        assert_eq!(read["questions"][1]["correct"], true);
        let listed = teacher(app).get(&path).send().expect(200).json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed["items"][0].get("questions"), None);
        teacher(app).put(&bank).json(&super::banks::fields(1)).send().expect(428);
        teacher(app).put(&bank).if_match("\"9\"").json(&super::banks::fields(1)).send().expect(412);
        assert_eq!(changed(app, &bank, &super::banks::fields(3)).expect(200).json()["question_count"], 3);
        for (who, status) in [(student(app), 403), (other_teacher(app), 403), (app.anonymous(), 401)] {
            who.get(&path).send().expect(status);
            who.get(&bank).send().expect(status);
            who.post(&path).json(&super::banks::fields(1)).send().expect(status);
            who.put(&bank).if_match("\"2\"").json(&super::banks::fields(1)).send().expect(status);
            who.delete(&bank).send().expect(status);
        }
        let wrong = json!({ "title": "", "questions": [{ "type": "essay", "text": "" }] });
        let problem = teacher(app).post(&path).json(&wrong).send().expect(422).problem();
        assert_eq!(problem.pointers(), ["/title", "/questions/0/text"]);
        teacher(app).delete(&bank).if_match("\"1\"").send().expect(412);
        teacher(app).delete(&bank).send().expect(204);
        teacher(app).get(&bank).send().expect(404);
        teacher(app).delete(&format!("{path}/{NOBODY}")).send().expect(404);
    });
}

#[test]
fn a_quiz_draws_no_more_than_its_bank_has() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, _] = small_course(app, "A");
        let bank = bank(app, &course, 3);
        let elsewhere = super::banks::bank(app, &super::course(app, "B"), 3);
        let refused = add(app, &module, &drawing(&bank, 4)).expect(422).problem();
        assert_eq!(refused.pointers(), ["/content/quiz/draws/0/count"]);
        let refused = add(app, &module, &drawing(&elsewhere, 1)).expect(422).problem();
        assert_eq!(refused.pointers(), ["/content/quiz/draws/0/bank_id"]);
        let lesson = location(&add(app, &module, &drawing(&bank, 2)).expect(201));
        let in_use = |answer: Answer| assert_eq!(answer.expect(409).problem().error_code, "BANK_IN_USE");
        in_use(changed(app, &bank, &fields(1)));
        in_use(teacher(app).delete(&bank).send());
        changed(app, &bank, &fields(2)).expect(200);
        changed(app, &lesson, &drawing(&bank, 1)).expect(200);
        changed(app, &bank, &fields(1)).expect(200);
        teacher(app).delete(&lesson).send().expect(204);
        teacher(app).delete(&bank).send().expect(204);
    });
}

#[test]
fn a_version_keeps_the_banks_that_it_was_published_with() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, _] = small_course(app, "A");
        let bank = bank(app, &course, 3);
        let lesson = location(&add(app, &module, &drawing(&bank, 2)).expect(201));
        publish(app, &course);
        changed(app, &bank, &fields(5)).expect(200);
        let pool = |version: i64| {
            let (course, lesson) = (id_of(&course), id_of(&lesson));
            let path = format!("/internal/courses/{course}/versions/{version}/quizzes/{lesson}");
            let quiz = app.as_service("progress").get(&path).send().expect(200).json();
            assert_eq!(quiz["draws"][0]["bank_id"], quiz["pools"][0]["bank_id"]);
            quiz["pools"][0]["questions"].as_array().unwrap().len()
        };
        assert_eq!(pool(1), 3);
        // A bank is part of the draft.
        publish(app, &course);
        assert_eq!((pool(1), pool(2)), (3, 5));
        let read = learner(app, &course).get(&lesson).send().expect(200);
        assert_eq!(read.json()["content"]["quiz"]["drawn_count"], 2);
        assert!(!read.text().contains("correct"));
        teacher(app).post(&format!("{course}/archive")).send().expect(200);
        teacher(app).delete(&course).send().expect(204);
    });
}
