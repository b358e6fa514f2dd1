//! Gradebooks: settings, items, grades and what they come to, and who sees what.

use lyceum_testing::Answer;

use super::graded::*;
use super::*;

fn manual(app: &App, scene: &Graded, fields: &Value) -> Uuid {
    let mut all = json!({ "title": "Talk", "points_possible": 10 });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let added =
        teacher(app).post(&format!("{}/items", scene.gradebook())).json(&all).send().expect(201).json();
    added["id"].as_str().unwrap().parse().unwrap()
}

fn grade_path(scene: &Graded, item: Uuid) -> String {
    format!("{}/learners/{STUDENT}/grades/{item}", scene.gradebook())
}

fn enter(app: &App, scene: &Graded, item: Uuid, body: &Value) -> Answer {
    teacher(app).put(&grade_path(scene, item)).json(body).send()
}

fn percent(app: &App, scene: &Graded) -> Value {
    scene.own(app)["total"]["percent"].clone()
}

/// The total that the list of all learners shows of the student.
fn listed(app: &App, scene: &Graded) -> Value {
    let list = teacher(app).get(&format!("{}/learners", scene.gradebook())).send().expect(200).json();
    assert_eq!(list["items"][0]["user_id"], STUDENT);
    list["items"][0]["total"].clone()
}

fn set(app: &App, scene: &Graded, settings: &Value) -> Answer {
    let tag = teacher(app).get(&scene.gradebook()).send().expect(200).tag().to_owned();
    teacher(app).put(&scene.gradebook()).if_match(&tag).json(settings).send()
}

fn category(id: Uuid, weight: u32, aggregation: &str) -> Value {
    json!({ "id": id, "title": "Some", "weight": weight, "aggregation": aggregation })
}

#[test]
fn quizzes_and_assignments_stand_in_the_gradebook_as_soon_as_they_are_published() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut scene = graded(app, &Value::Null, &Value::Null);
        let items = || {
            teacher(app).get(&format!("{}/items", scene.gradebook())).send().expect(200).json()["items"]
                .clone()
        };
        let found: Vec<(Value, Value)> = items()
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (item["title"].clone(), item["points_possible"].clone()))
            .collect();
        assert!(
            found.contains(&(json!("Flour"), json!("4"))) && found.contains(&(json!("Bake"), json!("20")))
        );
        assert_eq!(percent(app, &scene), Value::Null);
        // What instructors said of an item stays in the next version.
        let path = format!("{}/items/{}", scene.gradebook(), scene.quiz);
        let shown = teacher(app).get(&path).send().expect(200);
        let fields = json!({ "title": "No", "points_possible": 9, "extra_credit": true });
        teacher(app).put(&path).if_match(shown.tag()).json(&fields).send().expect(200);
        told(app, &json!({ "title": "Flours" }), &Value::Null);
        let published = scene.course.published(2, &[(ids::new(), vec![quiz(scene.quiz, scene.quiz)])]);
        app.deliver(&published).unwrap();
        let item = teacher(app).get(&path).send().expect(200).json();
        assert_eq!(
            (&item["title"], &item["points_possible"], &item["extra_credit"]),
            (&json!("Flours"), &json!("4"), &json!(true))
        );
        assert_eq!(code(teacher(app).delete(&path).send()), "ITEM_OF_COURSE");
    });
}

#[test]
fn a_total_follows_every_grade_and_other_settings_count_for_everybody() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let talk = manual(app, &scene, &json!({}));
        answered(app, &scene.begin(app), &json!([words("q2", "4711")]));
        assert_eq!(percent(app, &scene), "75.00");
        let graded = enter(app, &scene, talk, &json!({ "points": "8.5" })).expect(200);
        assert_eq!((&graded.json()["points"], &graded.json()["percent"]), (&json!("8.50"), &json!("85.00")));
        // 3 of 4 and 8.5 of 10.
        assert_eq!(
            (percent(app, &scene), listed(app, &scene)["percent"].clone()),
            (json!("82.14"), json!("82.14"))
        );
        let [first, second] = [ids::new(), ids::new()];
        let letters =
            json!([{ "name": "A", "from": 90 }, { "name": "B", "from": "77.5" }, { "name": "C", "from": 0 }]);
        let settings = json!({
            "categories": [category(first, 75, "mean"), category(second, 25, "mean")],
            "scheme": { "kind": "letters", "letters": letters },
        });
        set(app, &scene, &settings).expect(200);
        let path = format!("{}/items/{talk}", scene.gradebook());
        let tag = teacher(app).get(&path).send().expect(200).tag().to_owned();
        let fields = json!({ "title": "Talk", "points_possible": 10, "category_id": second });
        teacher(app).put(&path).if_match(&tag).json(&fields).send().expect(200);
        // Before it was counted again, and after.
        for _ in 0..2 {
            let total = listed(app, &scene);
            assert_eq!((&total["percent"], &total["grade"]), (&json!("77.50"), &json!("B")));
            app.tick("minute").unwrap();
        }
        teacher(app).put(&scene.gradebook()).if_match("\"0\"").json(&settings).send().expect(412);
        let other = json!({ "categories": [category(first, 0, "mean")] });
        assert_eq!(set(app, &scene, &other).expect(422).problem().pointers(), ["/categories"]);
        other_teacher(app).get(&scene.gradebook()).send().expect(404);
        student(app).get(&scene.gradebook()).send().expect(403);
    });
}

#[test]
fn a_grade_is_overridden_excused_hidden_and_locked_and_its_history_says_by_whom() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let talk = manual(app, &scene, &json!({}));
        enter(app, &scene, talk, &json!({ "points": 5 })).expect(200);
        answered(app, &scene.begin(app), &json!([words("q2", "4711")]));
        assert_eq!(
            enter(app, &scene, scene.quiz, &json!({ "points": 4 })).expect(422).problem().pointers(),
            ["/points"]
        );
        let over = enter(app, &scene, scene.quiz, &json!({ "override": "4", "comment": "A slip." }))
            .expect(200)
            .json();
        assert_eq!((&over["points"], &over["worked_out"]), (&json!("4.00"), &json!("3.00")));
        assert_eq!(percent(app, &scene), "64.29");
        // Another attempt is worked out, and what counts stays.
        answered(app, &scene.begin(app), &json!([words("q2", "4711"), choice("q1", "o1")]));
        assert_eq!(percent(app, &scene), "64.29");
        enter(app, &scene, talk, &json!({ "points": 5, "excused": true })).expect(200);
        assert_eq!(percent(app, &scene), "100.00");
        enter(app, &scene, talk, &json!({ "points": 5, "hidden": true })).expect(200);
        let own = scene.own(app);
        assert_eq!((&own["total"]["percent"], own.to_string().contains("Talk")), (&json!("100.00"), false));
        assert_eq!(listed(app, &scene)["percent"], "64.29");
        let learner = format!("{}/learners/{STUDENT}", scene.gradebook());
        let seen = teacher(app).get(&learner).send().expect(200).json();
        assert!(seen.to_string().contains("Talk"));
        let stale = teacher(app).put(&grade_path(&scene, talk)).if_match("\"1\"").json(&json!({})).send();
        stale.expect(412);
        let history = teacher(app)
            .get(&format!("{}/history", grade_path(&scene, scene.quiz)))
            .send()
            .expect(200)
            .json();
        let changes: Vec<(Value, Value)> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| (change["overridden"].clone(), change["changed_by"].clone()))
            .collect();
        assert_eq!(
            changes,
            [(json!("4"), Value::Null), (json!("4"), json!(TEACHER)), (Value::Null, Value::Null)]
        );
        other_teacher(app).get(&format!("{}/history", grade_path(&scene, talk))).send().expect(404);
    });
}

#[test]
fn what_is_locked_stays_until_it_is_not_and_then_counts_what_came_last() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &json!({ "scoring": "last" }), &Value::Null);
        answered(app, &scene.begin(app), &json!([words("q2", "4711")]));
        enter(app, &scene, scene.quiz, &json!({ "locked": true })).expect(200);
        answered(app, &scene.begin(app), &json!([words("q2", "4711"), choice("q1", "o2")]));
        assert_eq!(percent(app, &scene), "75.00");
        enter(app, &scene, scene.quiz, &json!({})).expect(200);
        assert_eq!(percent(app, &scene), "100.00");
        // The same of a whole item.
        let path = format!("{}/items/{}", scene.gradebook(), scene.quiz);
        let lock = |locked: bool| {
            let tag = teacher(app).get(&path).send().expect(200).tag().to_owned();
            let fields = json!({ "title": "x", "points_possible": 1, "locked": locked });
            teacher(app).put(&path).if_match(&tag).json(&fields).send().expect(200);
        };
        lock(true);
        answered(app, &scene.begin(app), &json!([]));
        assert_eq!(percent(app, &scene), "100.00");
        lock(false);
        assert_eq!(
            (percent(app, &scene), listed(app, &scene)["percent"].clone()),
            (json!("0.00"), json!("0.00"))
        );
    });
}

#[test]
fn grades_come_by_file_and_a_wrong_row_stops_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let talk = manual(app, &scene, &json!({}));
        let other = ids::new();
        app.deliver(&Enrollment::new(&scene.course, &other.to_string()).enrolled(1, [None, None])).unwrap();
        let file = format!(
            "user_id,points,comment\n{STUDENT},7.25,Clear\nnobody,1,\n{other},\"x\",\n{NOBODY},1,\n{other},-1,\n{other},9,\n"
        );
        let path = format!("{}/items/{talk}/grades", scene.gradebook());
        for _ in 0..2 {
            let entered = teacher(app).put(&path).body("text/csv", file.clone()).send().expect(200).json();
            let rows: Vec<&Value> = entered["refused"].as_array().unwrap().iter().map(|refused| &refused["row"]).collect();
            assert_eq!((&entered["written"], rows), (&json!(2), vec![&json!(2), &json!(3), &json!(4), &json!(5)]));
        }
        assert_eq!(percent(app, &scene), "72.50");
        teacher(app).put(&path).body("text/plain", file.clone()).send().expect(415);
        let quiz = format!("{}/items/{}/grades", scene.gradebook(), scene.quiz);
        assert_eq!(code(teacher(app).put(&quiz).body("text/csv", file).send()), "NOT_MANUAL");
    });
}

#[test]
fn an_item_that_instructors_added_is_changed_and_deleted_with_its_grades() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let talk = manual(app, &scene, &json!({}));
        let path = format!("{}/items/{talk}", scene.gradebook());
        enter(app, &scene, talk, &json!({ "points": 5 })).expect(200);
        let items = format!("{}/items", scene.gradebook());
        let wrong = json!({ "title": "", "points_possible": 0, "category_id": ids::new() });
        let problem = teacher(app).post(&items).json(&wrong).send().expect(422).problem();
        assert_eq!(problem.pointers(), ["/title", "/points_possible", "/category_id"]);
        let tag = teacher(app).get(&path).send().expect(200).tag().to_owned();
        let hidden = json!({ "title": "Talk", "points_possible": 20, "hidden": true });
        teacher(app).put(&path).if_match(&tag).json(&hidden).send().expect(200);
        assert_eq!(
            (percent(app, &scene), listed(app, &scene)["percent"].clone()),
            (Value::Null, json!("25.00"))
        );
        teacher(app).delete(&path).if_match(&tag).send().expect(412);
        teacher(app).delete(&path).send().expect(204);
        teacher(app).get(&path).send().expect(404);
        assert_eq!(listed(app, &scene)["percent"], Value::Null);
        other_teacher(app).post(&items).json(&hidden).send().expect(404);
    });
}

/// Between what was read and the commit another grade of the same person is written.
#[test]
fn two_grades_of_a_person_at_once_are_both_in_the_total() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let [one, other] = [(); 2].map(|()| manual(app, &scene, &json!({})));
        enter(app, &scene, one, &json!({ "points": 1 })).expect(200);
        app.commit_first("UPDATE grade_totals SET version = version + 1");
        enter(app, &scene, other, &json!({ "points": 8 })).expect(200);
        assert_eq!(listed(app, &scene)["percent"], "45.00");
    });
}

#[test]
fn totals_of_many_are_counted_again_in_parts() {
    let app = &App::new(&SERVICE).sqlite();
    let scene = graded(app, &Value::Null, &Value::Null);
    let talk = manual(app, &scene, &json!({}));
    let people: Vec<String> = (0..230).map(|_| ids::new().to_string()).collect();
    let mut lines = vec!["user_id,points".to_owned()];
    for person in &people {
        app.deliver(&Enrollment::new(&scene.course, person).enrolled(1, [None, None])).unwrap();
        lines.push(format!("{person},5"));
    }
    let file = lines.join("\n");
    let path = format!("{}/items/{talk}/grades", scene.gradebook());
    teacher(app).put(&path).body("text/csv", file).send().expect(200);
    let item = format!("{}/items/{talk}", scene.gradebook());
    let tag = teacher(app).get(&item).send().expect(200).tag().to_owned();
    let fields = json!({ "title": "Talk", "points_possible": 20 });
    teacher(app).put(&item).if_match(&tag).json(&fields).send().expect(200);
    app.tick("minute").unwrap();
    let list =
        teacher(app).get(&format!("{}/learners?limit=200", scene.gradebook())).send().expect(200).json();
    let graded =
        list["items"].as_array().unwrap().iter().filter(|one| one["total"]["percent"] == "25.00").count();
    assert_eq!((graded, list["next_cursor"].is_null()), (199, false));
    let stale = "SELECT user_id FROM grade_totals t JOIN gradebooks g ON g.course_id = t.course_id WHERE t.revision < g.revision";
    let left = app
        .run(|| lyceum_kit::prelude::query(vec![lyceum_kit::prelude::statement(stale, Vec::new())]).unwrap());
    assert_eq!(left.into_iter().next().unwrap().all::<(Uuid,)>().unwrap(), []);
}

#[test]
fn an_erased_person_leaves_neither_answers_nor_grades_nor_their_name_on_those_of_others() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = graded(app, &Value::Null, &Value::Null);
        let path = scene.begin(app);
        answered(app, &path, &json!([words("q2", "4711")]));
        let submission = scene.hand_in(app);
        teacher(app).put(&format!("{submission}/grade")).json(&json!({ "points": 5 })).send().expect(200);
        teacher(app)
            .post(&format!("{submission}/comments"))
            .json(&json!({ "text": "Well." }))
            .send()
            .expect(201);
        let erase = |user: &str| {
            let data = json!({ "erasure_id": ids::new(), "user_id": user, "requested_at": NOW });
            app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", data)).unwrap();
        };
        erase(TEACHER);
        let shown = student(app).get(&submission).send().expect(200).json();
        assert_eq!(shown["graded_by"], Value::Null);
        erase(STUDENT);
        for gone in [&path, &submission] {
            admin(app).get(gone).send().expect(404);
        }
        let list = admin(app).get(&format!("{}/learners", scene.gradebook())).send().expect(200).json();
        assert_eq!(list["items"], json!([]));
        student(app).post(&scene.attempts()).send().expect(404);
    });
}
