//! Drafts become versions, at once or at their time; courses are archived and restored.

use super::*;

const START: i64 = 1_800_000_000_000_000;

fn post(app: &App, course: &str, what: &str) -> Answer {
    teacher(app).post(&format!("{course}/{what}")).send()
}

fn code(answer: Answer) -> String {
    answer.expect(409).problem().error_code
}

#[test]
fn what_is_published_is_told_with_all_that_there_is_to_learn() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, first] = small_course(app, "A");
        let second = lesson(app, &module, "Second");
        let hidden = super::module(app, &course, "Hidden");
        lesson(app, &hidden, "Not yet");
        changed(app, &hidden, &json!({ "title": "Hidden", "status": "draft" })).expect(200);
        let held_back = lesson(app, &module, "Held back");
        let mut body = text("Held back");
        body["status"] = json!("draft");
        changed(app, &held_back, &body).expect(200);
        let published = teacher(app).post(&format!("{course}/publish")).key("k").send().expect(200);
        let again = teacher(app).post(&format!("{course}/publish")).key("k").send().expect(200);
        assert_eq!((published.body(), published.tag()), (again.body(), again.tag()));
        assert_eq!(
            (&published.json()["status"], &published.json()["draft_status"]),
            (&json!("published"), &json!("published"))
        );
        let events = app.events_of("lyceum.courses.CoursePublished.v1");
        assert_eq!(events.len(), 1);
        let data = &events[0].data;
        assert_eq!(
            (&data["version"], &data["title"], &data["instructor_ids"]),
            (&json!(1), &json!("A"), &json!([TEACHER]))
        );
        let lessons = [&first, &second].map(|path| {
            json!({ "lesson_id": id_of(path), "type": "text", "quiz_id": null, "assignment_id": null })
        });
        assert_eq!(data["modules"], json!([{ "module_id": id_of(&module), "lessons": lessons }]));
        assert_eq!(in_order(&student(app).get(&format!("{course}/modules")).send().expect(200)), ["First"]);
        assert_eq!(
            in_order(&student(app).get(&format!("{module}/lessons")).send().expect(200)),
            ["Hello", "Second"]
        );
        student(app).get(&format!("{hidden}/lessons")).send().expect(404);
        student(app).get(&held_back).send().expect(404);
    });
}

#[test]
fn nothing_is_published_without_a_lesson_or_without_a_change() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app, "A");
        assert_eq!(code(post(app, &course, "publish")), "COURSE_EMPTY");
        let module = module(app, &course, "First");
        assert_eq!(code(post(app, &course, "publish")), "COURSE_EMPTY");
        lesson(app, &module, "Hello");
        teacher(app).post(&format!("{course}/publish")).if_match("\"9\"").send().expect(412);
        other_teacher(app).post(&format!("{course}/publish")).send().expect(404);
        student(app).post(&format!("{course}/publish")).send().expect(403);
        publish(app, &course);
        assert_eq!(code(post(app, &course, "publish")), "NOTHING_CHANGED");
        // What holds whatever the version is no change of it.
        let mut dearer = fields("A");
        (dearer["price"], dearer["currency"]) = (json!(500), json!("EUR"));
        assert_eq!(changed(app, &course, &dearer).expect(200).json()["draft_status"], "published");
        assert_eq!(code(post(app, &course, "publish")), "NOTHING_CHANGED");
        assert_eq!(changed(app, &course, &fields("B")).expect(200).json()["draft_status"], "draft");
        assert_eq!(publish(app, &course).json()["published_version"], 2);
    });
}

#[test]
fn what_somebody_else_changes_meanwhile_is_not_published_unseen() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, ..] = small_course(app, "A");
        for quicker in
            ["UPDATE courses SET outline = outline + 1", "UPDATE courses SET version = version + 1"]
        {
            app.commit_first(quicker);
            assert_eq!(code(post(app, &course, "publish")), "COURSE_CHANGED", "{quicker}");
        }
        assert!(app.events_of("lyceum.courses.CoursePublished.v1").is_empty());
        publish(app, &course);
    });
}

#[test]
fn a_draft_is_published_at_its_time_as_it_is_then() {
    App::new(&SERVICE).on_each_database(|app| {
        let minute = 60_000_000;
        app.stop_clock(Timestamp::from_micros(START));
        let [course, ..] = small_course(app, "A");
        let plan = |at: i64| {
            let body = json!({ "publish_at": Timestamp::from_micros(at) });
            teacher(app).put(&format!("{course}/schedule")).json(&body).send()
        };
        assert_eq!(plan(START).expect(422).problem().pointers(), ["/publish_at"]);
        let planned = plan(START + 10 * minute).expect(200).json();
        assert_eq!(planned["publish_at"], json!(Timestamp::from_micros(START + 10 * minute)));
        assert_eq!(
            changed(app, &course, &fields("B")).expect(200).json()["publish_at"],
            planned["publish_at"]
        );
        app.stop_clock(Timestamp::from_micros(START + 9 * minute));
        app.tick("minute").unwrap();
        app.anonymous().get(&course).send().expect(404);
        app.stop_clock(Timestamp::from_micros(START + 10 * minute));
        app.tick("minute").unwrap();
        app.tick("minute").unwrap();
        let shown = app.anonymous().get(&course).send().expect(200).json();
        assert_eq!((&shown["title"], &shown["version"]), (&json!("B"), &json!(1)));
        assert!(shown.get("publish_at").is_none());
        assert_eq!(app.events_of("lyceum.courses.CoursePublished.v1").len(), 1);
        assert_eq!(code(plan(START + 20 * minute)), "NOTHING_CHANGED");
    });
}

#[test]
fn a_plan_is_given_up_by_whoever_made_it_or_when_nothing_is_left_to_publish() {
    App::new(&SERVICE).on_each_database(|app| {
        app.stop_clock(Timestamp::from_micros(START));
        let [course, module, _] = small_course(app, "A");
        let path = format!("{course}/schedule");
        let body = json!({ "publish_at": Timestamp::from_micros(START + 1_000_000) });
        teacher(app).put(&path).json(&body).send().expect(200);
        assert_eq!(teacher(app).delete(&path).send().expect(200).json().get("publish_at"), None);
        teacher(app).delete(&path).send().expect(404);
        teacher(app).put(&path).json(&body).send().expect(200);
        teacher(app).delete(&module).send().expect(204);
        app.stop_clock(Timestamp::from_micros(START + 2_000_000));
        app.tick("minute").unwrap();
        let shown = teacher(app).get(&course).send().expect(200).json();
        assert_eq!((shown.get("publish_at"), &shown["status"]), (None, &json!("draft")));
        assert!(shown["review_comment"].as_str().unwrap().contains("no lesson"), "{shown}");
        other_teacher(app).put(&path).json(&body).send().expect(404);
        student(app).delete(&path).send().expect(403);
    });
}

#[test]
fn an_archived_course_is_found_and_changed_by_nobody_until_it_is_restored() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, lesson] = small_course(app, "A");
        assert_eq!(code(post(app, &course, "archive")), "NOT_PUBLISHED");
        publish(app, &course);
        assert_eq!(code(post(app, &course, "restore")), "NOT_ARCHIVED");
        assert_eq!(found(app, ""), ["A"]);
        assert_eq!(post(app, &course, "archive").expect(200).json()["status"], "archived");
        assert_eq!(found(app, ""), [""; 0]);
        // Who began it goes on.
        learner(app, &course).get(&lesson).send().expect(200);
        assert_eq!(code(changed(app, &course, &fields("B"))), "COURSE_ARCHIVED");
        assert_eq!(code(changed(app, &module, &json!({ "title": "B" }))), "COURSE_ARCHIVED");
        assert_eq!(code(post(app, &course, "publish")), "COURSE_ARCHIVED");
        assert_eq!(post(app, &course, "restore").expect(200).json()["status"], "published");
        assert_eq!(found(app, ""), ["A"]);
        let statuses: Vec<_> = app
            .events_of("lyceum.courses.CourseUpdated.v1")
            .iter()
            .map(|event| event.data["status"].clone())
            .collect();
        assert_eq!(statuses, ["archived", "published"]);
        other_teacher(app).post(&format!("{course}/archive")).send().expect(403);
        student(app).post(&format!("{course}/restore")).send().expect(403);
    });
}
