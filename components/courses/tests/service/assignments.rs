//! Assignments: what they hold, what is refused, and what the service that grades gets.

use super::*;

fn assignment_with(assignment: &Value) -> Value {
    json!({ "title": "Bake", "type": "assignment", "content": { "assignment": assignment } })
}

fn level(title: &str, points: &str) -> Value {
    json!({ "title": title, "points": points })
}

fn rubric() -> Value {
    json!({ "criteria": [
        { "title": "Crust", "points_possible": "2.5", "levels": [level("Hard", "2.5"), level("Soft", "0")] },
        { "title": "Crumb", "points_possible": "7.5", "levels": [level("Open", "7.5")] },
    ] })
}

fn plain() -> Value {
    json!({ "instructions": "*Bake* it.", "submission_types": ["text", "file"], "points_possible": "10" })
}

fn add(app: &App, module: &str, lesson: &Value) -> Answer {
    teacher(app).post(&format!("{module}/lessons")).json(lesson).send()
}

#[test]
fn an_assignment_is_read_by_learners_and_whole_by_the_service_that_grades() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, _] = small_course(app, "A");
        let mut fields = plain();
        fields["rubric"] = rubric();
        fields["due_at"] = json!("2027-02-01T12:00:00Z");
        fields["late"] = json!({ "kind": "deduct", "percent_per_day": 10, "maximum_percent": 50 });
        fields["resubmissions"] = json!(2);
        fields.as_object_mut().unwrap().remove("points_possible");
        let lesson = location(&add(app, &module, &assignment_with(&fields)).expect(201));
        publish(app, &course);
        let told = app.events_of("lyceum.courses.CoursePublished.v1").pop().unwrap();
        assert_eq!(told.data["modules"][0]["lessons"][1]["assignment_id"], id_of(&lesson));
        let read = learner(app, &course).get(&lesson).send().expect(200).json()["content"].clone();
        assert_eq!(read["assignment_id"], id_of(&lesson));
        assert_eq!(read["assignment"]["instructions_html"], "<p><em>Bake</em> it.</p>\n");
        assert_eq!(read["assignment"]["points_possible"], "10");
        let path = |version: i64, kind: &str| {
            format!("/internal/courses/{}/versions/{version}/{kind}/{}", id_of(&course), id_of(&lesson))
        };
        let grading = app.as_service("progress");
        let whole = grading.get(&path(1, "assignments")).send().expect(200).json();
        assert_eq!((&whole["id"], &whole["title"]), (&json!(id_of(&lesson)), &json!("Bake")));
        assert_eq!(whole["late"], json!({ "kind": "deduct", "percent_per_day": 10, "maximum_percent": 50 }));
        assert_eq!(whole["rubric"]["criteria"][0]["levels"][0]["points"], "2.5");
        assert!(whole["rubric"]["criteria"][0]["levels"][0]["id"].is_string());
        assert_eq!((&whole["resubmissions"], &whole["points_possible"]), (&json!(2), &json!("10")));
        grading.get(&path(2, "assignments")).send().expect(404);
        grading.get(&path(1, "quizzes")).send().expect(404);
        for caller in [teacher(app), admin(app), student(app), app.anonymous(), app.as_service("users")] {
            caller.get(&path(1, "assignments")).send().expect(403);
        }
    });
}

#[test]
fn what_breaks_a_rule_is_named() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, module, _] = small_course(app, "A");
        let location_of = |field: &str, value: Value| {
            let mut fields = plain();
            fields[field] = value;
            add(app, &module, &assignment_with(&fields)).expect(422).problem().pointers()[0].to_owned()
        };
        let day = |day: u8| json!(format!("2027-01-{day:0>2}T00:00:00Z"));
        let criteria = |criteria: Value| json!({ "criteria": criteria });
        let at = |rest: &str| format!("/content/assignment/{rest}");
        assert_eq!(location_of("instructions", json!(" ")), at("instructions"));
        assert_eq!(location_of("submission_types", json!([])), at("submission_types"));
        assert_eq!(location_of("submission_types", json!(["text", "text"])), at("submission_types"));
        assert_eq!(location_of("submission_types", json!(["song"])), at("submission_types/0"));
        assert_eq!(location_of("points_possible", json!("-1")), at("points_possible"));
        assert_eq!(location_of("points_possible", json!("1.00001")), at("points_possible"));
        assert_eq!(location_of("points_possible", Value::Null), at("points_possible"));
        assert_eq!(location_of("resubmissions", json!(101)), at("resubmissions"));
        assert_eq!(location_of("late", json!({ "kind": "deduct" })), at("late/percent_per_day"));
        assert_eq!(
            location_of("late", json!({ "kind": "accept", "percent_per_day": 1 })),
            at("late/percent_per_day")
        );
        let late = json!({ "kind": "deduct", "percent_per_day": 1, "maximum_percent": 101 });
        assert_eq!(location_of("late", late), at("late/maximum_percent"));
        assert_eq!(location_of("rubric", criteria(json!([]))), at("points_possible"));
        let mut dear = rubric();
        dear["criteria"][0]["points_possible"] = json!("3");
        assert_eq!(location_of("rubric", dear.clone()), at("points_possible"));
        let mut fields = plain();
        (fields["rubric"], fields["points_possible"]) = (dear, json!("10.5"));
        let problem = add(app, &module, &assignment_with(&fields)).expect(422).problem();
        assert_eq!(problem.pointers(), [at("rubric/criteria/0/levels")]);
        let mut unnamed = rubric();
        unnamed["criteria"][1]["levels"][0]["title"] = json!("");
        assert_eq!(location_of("rubric", unnamed), at("rubric/criteria/1/levels/0/title"));
        for (opens, due, closes, pointer) in
            [(2, 1, 3, "due_at"), (2, 3, 1, "closes_at"), (1, 3, 2, "closes_at")]
        {
            let mut fields = plain();
            (fields["opens_at"], fields["due_at"], fields["closes_at"]) = (day(opens), day(due), day(closes));
            let problem = add(app, &module, &assignment_with(&fields)).expect(422).problem();
            assert_eq!(problem.pointers()[0], at(pointer));
        }
        add(app, &module, &assignment_with(&plain())).expect(201);
        let none = json!({ "title": "A", "type": "assignment", "content": {} });
        assert_eq!(add(app, &module, &none).expect(422).problem().pointers(), ["/content/assignment"]);
    });
}
