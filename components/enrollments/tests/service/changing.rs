//! Dates and versions of an enrolment.

use super::*;

#[test]
fn instructors_change_dates_and_learners_move_to_another_version() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (course, ada) = (course(app), person(app));
        let path = enrolled(app, course, ada);
        app.deliver(&published_as(course, 2, &json!({ "version": 2 }))).unwrap();
        let tag = |who: As<'_>| who.get(&path).send().expect(200).tag().to_owned();
        let change = |who: As<'_>, body: &Value| {
            let tag = teacher(app).get(&path).send().expect(200).tag().to_owned();
            who.patch(&path).if_match(&tag).json(body).send()
        };
        let dates = json!({ "starts_at": "2026-01-10T00:00:00Z", "expires_at": "2026-02-10T00:00:00Z" });
        change(learner(app, ada), &dates).expect(403);
        let changed = change(teacher(app), &dates).expect(200);
        assert_eq!(changed.json()["expires_at"], dates["expires_at"]);
        assert_eq!(tag(learner(app, ada)), changed.tag());
        // A learner stays on their version until they are moved.
        assert_eq!(changed.json()["course_version"], 1);
        assert_eq!(
            change(learner(app, ada), &json!({ "course_version": 2 })).expect(200).json()["course_version"],
            2
        );
        change(teacher(app), &json!({ "course_version": 1 })).expect(200);
        for (wrong, pointer) in [
            (json!({ "course_version": 3 }), "/course_version"),
            (json!({ "course_version": null }), "/course_version"),
            (json!({ "expires_at": "2026-01-01T00:00:00Z" }), "/expires_at"),
            (json!({ "status": "completed" }), "/status"),
        ] {
            assert_eq!(change(teacher(app), &wrong).expect(422).problem().pointers(), [pointer], "{wrong}");
        }
        learner(app, ada).patch(&path).json(&json!({})).send().expect(428);
        learner(app, ada).patch(&path).if_match("\"1\"").json(&json!({})).send().expect(412);
        let told = app.events_of("lyceum.enrollments.EnrollmentUpdated.v1");
        let versions: Vec<_> = told.iter().map(|event| event.data["course_version"].clone()).collect();
        assert_eq!(versions, [1, 2, 1].map(|version| json!(version)));
        withdraw(app, &path, ada).expect(204);
        assert_eq!(code(change(teacher(app), &json!({ "expires_at": null }))), "NOT_ENROLLED");
    });
}
