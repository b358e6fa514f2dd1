//! Published versions: they never change, and who sees which.

use super::*;

#[test]
fn a_version_stays_as_it_was_and_what_is_written_afterwards_is_the_next_draft() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, lesson] = small_course(app, "A");
        publish(app, &course);
        changed(app, &course, &fields("B")).expect(200);
        changed(app, &module, &json!({ "title": "Second" })).expect(200);
        changed(app, &lesson, &text("Goodbye")).expect(200);
        let read = |who: &As<'_>, path: &str| who.get(path).send().expect(200).json();
        let enrolment = Enrolment::of(&course, STUDENT);
        enrolment.begin(app, 1);
        let student = student(app);
        assert_eq!(read(&student, &course)["title"], "A");
        assert_eq!(read(&student, &module)["title"], "First");
        assert_eq!(read(&student, &lesson)["content"]["text_content"], "*Hello*");
        assert_eq!(read(&teacher(app), &course)["title"], "B");
        assert_eq!(read(&teacher(app), &format!("{course}?version=1"))["title"], "A");
        assert_eq!(found(app, ""), ["A"]);
        publish(app, &course);
        assert_eq!(read(&student, &course)["title"], "A");
        Enrolment { version: 2, ..enrolment }.change(app, 2);
        assert_eq!(read(&student, &course)["title"], "B");
        assert_eq!(read(&student, &module)["title"], "Second");
        assert_eq!(read(&student, &lesson)["content"]["text_content"], "*Goodbye*");
        // The first one stays.
        assert_eq!(read(&student, &format!("{course}?version=1"))["title"], "A");
        assert_eq!(read(&student, &format!("{lesson}?version=1"))["content"]["text_content"], "*Hello*");
        teacher(app).delete(&module).send().expect(204);
        assert_eq!(read(&student, &format!("{lesson}?version=2"))["title"], "Goodbye");
        let versions = student.get(&format!("{course}/versions")).send().expect(200);
        assert_eq!(titles(&versions), ["B", "A"]);
        assert_eq!(versions.json()["items"][0]["version"], 2);
        let first = student.get(&format!("{course}/versions?limit=1")).send().expect(200).json();
        let cursor = first["next_cursor"].as_str().unwrap();
        let next = student.get(&format!("{course}/versions?limit=1&cursor={cursor}")).send().expect(200);
        assert_eq!(titles(&next), ["A"]);
    });
}

#[test]
fn only_who_writes_a_course_sees_its_draft_and_what_is_private() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, lesson] = small_course(app, "A");
        publish(app, &course);
        for path in [&course, &module, &lesson, &format!("{course}/modules"), &format!("{module}/lessons")] {
            student(app).get(&format!("{path}?version=draft")).send().expect(404);
            student(app).get(&format!("{path}?version=2")).send().expect(404);
            student(app).get(&format!("{path}?version=latest")).send().expect(400);
            teacher(app).get(&format!("{path}?version=draft")).send().expect(200);
        }
        for path in [&module, &lesson, &format!("{course}/versions")] {
            app.anonymous().get(path).send().expect(401);
        }
        // A tag of a version is not one of the draft.
        let tag = student(app).get(&course).send().expect(200).tag().to_owned();
        teacher(app).put(&course).if_match(&tag).json(&fields("B")).send().expect(412);
        let private = json!({ "title": "A", "visibility": "private", "instructor_ids": [TEACHER] });
        changed(app, &course, &private).expect(200);
        for path in [&course, &module, &lesson, &format!("{course}/versions")] {
            student(app).get(path).send().expect(404);
            teacher(app).get(path).send().expect(200);
        }
    });
}

#[test]
fn what_costs_something_is_read_by_its_instructors_and_the_enrolled() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, lesson] = small_course(app, "A");
        let mut dear = fields("A");
        (dear["price"], dear["currency"]) = (json!(500), json!("EUR"));
        changed(app, &course, &dear).expect(200);
        publish(app, &course);
        let refused = student(app).get(&lesson).send().expect(403);
        assert_eq!(refused.problem().error_code, "ENROLLMENT_REQUIRED");
        student(app).get(&format!("{module}/lessons")).send().expect(200);
        teacher(app).get(&lesson).send().expect(200);
        admin(app).get(&lesson).send().expect(200);
        learner(app, &course).get(&lesson).send().expect(200);
    });
}
