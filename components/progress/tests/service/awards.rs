//! What people earn by what they have done.

use super::*;

fn define(app: &App, what: &str, body: &Value) -> String {
    let made = admin(app).post(&format!("{PATH}/{what}")).json(body).send().expect(201);
    made.header("location").unwrap().to_owned()
}

fn names(app: &App, what: &str) -> Vec<String> {
    let list = student(app).get(&format!("{PATH}/users/me/{what}")).send().expect(200).json();
    let mut names: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn achievements_are_defined_by_administrators_and_earned_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let lessons = |name: &str, count: i64| {
            json!({ "name": name, "points": 5, "criteria": { "type": "lessons-completed", "count": count } })
        };
        let first = define(app, "achievements", &lessons("First steps", 1));
        define(app, "achievements", &lessons("Two steps", 2));
        let course = json!({ "type": "course-completed", "course_id": scene.course.id });
        define(app, "achievements", &json!({ "name": "Baker", "criteria": course }));
        define(app, "achievements", &json!({ "name": "Graduate", "criteria": { "type": "courses-completed", "count": 1 } }));
        define(app, "achievements", &json!({ "name": "Quizzed", "criteria": { "type": "perfect-quizzes", "count": 1 } }));
        let mut off = lessons("Off", 1);
        off["active"] = json!(false);
        define(app, "achievements", &off);
        assert_eq!(names(app, "achievements"), [""; 0]);
        scene.complete(app, 0);
        scene.complete(app, 0);
        assert_eq!(names(app, "achievements"), ["First steps"]);
        scene.complete(app, 1);
        assert_eq!(names(app, "achievements"), ["First steps", "Two steps"]);
        scene.complete(app, 2);
        scene.complete(app, 3);
        app.tick("minute").unwrap();
        assert_eq!(names(app, "achievements"), ["Baker", "First steps", "Graduate", "Two steps"]);
        assert_eq!(count(app, "AchievementEarned"), 4);
        // Who has earned it keeps it.
        let tag = student(app).get(&first).send().expect(200).tag().to_owned();
        admin(app).put(&first).if_match(&tag).json(&lessons("First", 9)).send().expect(200);
        admin(app).put(&first).if_match(&tag).json(&lessons("First", 9)).send().expect(412);
        admin(app).delete(&first).send().expect(204);
        student(app).get(&first).send().expect(404);
        let list = student(app).get(&format!("{PATH}/users/me/achievements")).send().expect(200).json();
        assert_eq!((list["items"].as_array().unwrap().len(), &list["total_points"]), (4, &json!(10)));
    });
}

#[test]
fn only_administrators_define_what_can_be_earned_and_names_are_there_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let achievement = json!({ "name": "Émile", "criteria": { "type": "courses-completed", "count": 1 } });
        let competency = json!({ "name": "Émile" });
        for (what, body, other) in
            [("achievements", &achievement, "emile"), ("competencies", &competency, "EMILE")]
        {
            let path = format!("{PATH}/{what}");
            let made = define(app, what, body);
            let mut again = body.clone();
            again["name"] = json!(other);
            admin(app).post(&path).json(&again).send().expect(409);
            for who in [student(app), teacher(app)] {
                who.post(&path).json(body).send().expect(403);
                who.put(&made).if_match("\"1\"").json(body).send().expect(403);
                who.delete(&made).send().expect(403);
                let list = who.get(&path).send().expect(200).json();
                assert_eq!(list["items"].as_array().unwrap().len(), 1);
                who.get(&made).send().expect(200);
                who.get(&format!("{PATH}/users/{NOBODY}/{what}")).send().expect(404);
            }
            admin(app).get(&format!("{PATH}/users/{STUDENT}/{what}")).send().expect(200);
        }
        let wrong =
            json!({ "name": "B", "points": -1, "criteria": { "type": "courses-completed", "count": 0 } });
        let refused = admin(app).post(&format!("{PATH}/achievements")).json(&wrong).send().expect(422);
        assert_eq!(refused.problem().pointers(), ["/points", "/criteria/count"]);
        let source = json!({ "type": "course", "reference_id": NOBODY, "level": 101 });
        let wrong = json!({ "name": "B", "sources": [source, source] });
        let refused = admin(app).post(&format!("{PATH}/competencies")).json(&wrong).send().expect(422);
        assert_eq!(refused.problem().pointers(), ["/sources", "/sources/0/level", "/sources/1/level"]);
    });
}

#[test]
fn a_completed_course_shows_a_competency_and_the_highest_level_counts() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let (mut other, module, lesson) = (Course::new(), ids::new(), ids::new());
        other.publish(app, 1, &modules_of(&[(module, vec![lesson])]));
        app.deliver(&Enrollment::new(&other, STUDENT).enrolled(1, [None, None])).unwrap();
        let sources = json!([
            { "type": "course", "reference_id": scene.course.id, "level": 60 },
            { "type": "course", "reference_id": other.id, "level": 100 },
        ]);
        let body =
            json!({ "name": "Baking", "category": "Kitchen", "level": "beginner", "sources": sources });
        let path = define(app, "competencies", &body);
        for lesson in 0..4 {
            scene.complete(app, lesson);
        }
        let shown = |app: &App| {
            let list = student(app).get(&format!("{PATH}/users/me/competencies")).send().expect(200).json();
            list["items"][0].clone()
        };
        let first = shown(app);
        assert_eq!(
            (&first["name"], &first["level"], &first["status"]),
            (&json!("Baking"), &json!(60), &json!("in-progress"))
        );
        assert_eq!(first["evidence"][0]["reference_id"], json!(scene.course.id));
        let lesson =
            format!("{PATH}/users/me/courses/{}/modules/{module}/lessons/{lesson}/complete", other.id);
        student(app).post(&lesson).send().expect(200);
        let both = shown(app);
        assert_eq!((&both["level"], &both["status"]), (&json!(100), &json!("mastered")));
        assert_eq!(both["evidence"].as_array().unwrap().len(), 2);
        let told = app.events_of("lyceum.progress.CompetencyAcquired.v1");
        let levels: Vec<&Value> = told.iter().map(|event| &event.data["level"]).collect();
        assert_eq!(levels, [&json!(60), &json!(100)]);
        let refused = admin(app).delete(&path).send().expect(409);
        assert_eq!(refused.problem().error_code, "COMPETENCY_ACQUIRED");
        let tag = student(app).get(&path).send().expect(200).tag().to_owned();
        admin(app).put(&path).if_match(&tag).json(&json!({ "name": "Baking" })).send().expect(200);
        assert_eq!(shown(app)["level"], 100);
        let unused = define(app, "competencies", &json!({ "name": "Cooking" }));
        admin(app).delete(&unused).send().expect(204);
    });
}

#[test]
fn who_teaches_somebody_records_what_of_elsewhere_shows_a_competency() {
    App::new(&SERVICE).on_each_database(|app| {
        scene(app);
        let made = define(app, "competencies", &json!({ "name": "Baking" }));
        let id = made.rsplit('/').next().unwrap();
        let path = |user: &str| format!("{PATH}/users/{user}/competencies/{id}/evidence");
        let body =
            json!({ "description": "Journeyman of Bern", "url": "https://example.org/1", "level": 70 });
        student(app).post(&path(STUDENT)).json(&body).send().expect(403);
        other_teacher(app).post(&path(STUDENT)).json(&body).send().expect(404);
        teacher(app).post(&path(OTHER)).json(&body).send().expect(404);
        let wrong = json!({ "description": "", "url": "javascript:1", "level": 0 });
        let refused = teacher(app).post(&path(STUDENT)).json(&wrong).send().expect(422);
        assert_eq!(refused.problem().pointers(), ["/description", "/url", "/level"]);
        let elsewhere = path(STUDENT).replace(id, NOBODY);
        teacher(app).post(&elsewhere).json(&body).send().expect(404);
        let recorded = teacher(app).post(&path(STUDENT)).json(&body).send().expect(201);
        assert_eq!(recorded.json()["type"], "external");
        let lower = json!({ "description": "A word of the master", "level": 20 });
        admin(app).post(&path(STUDENT)).json(&lower).send().expect(201);
        let list = student(app).get(&format!("{PATH}/users/me/competencies")).send().expect(200).json();
        let own = &list["items"][0];
        assert_eq!((&own["level"], &own["status"]), (&json!(70), &json!("in-progress")));
        let said: Vec<&Value> = own["evidence"].as_array().unwrap().iter().map(|one| &one["url"]).collect();
        assert!(said.contains(&&json!("https://example.org/1")) && said.len() == 2, "{list}");
        // The lower one tells nothing new.
        assert_eq!(count(app, "CompetencyAcquired"), 1);
        let sources = json!([{ "type": "external", "reference_id": NOBODY, "level": 1 }]);
        let source = json!({ "name": "B", "sources": sources });
        let refused = admin(app).post(&format!("{PATH}/competencies")).json(&source).send().expect(422);
        assert_eq!(refused.problem().pointers(), ["/sources/0/type"]);
    });
}
