//! Whose data is erased gives no course any more.

use super::*;

fn erase(app: &App, user: &str) {
    let asked = json!({ "erasure_id": NOBODY, "user_id": user, "requested_at": "2026-01-01T00:00:00Z" });
    app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", asked)).unwrap();
}

#[test]
fn an_erased_instructor_is_named_by_no_course_and_becomes_none_again() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, ..] = small_course(app, "A");
        publish(app, &course);
        let both = json!({ "title": "B", "instructor_ids": [TEACHER, OTHER] });
        let shared = location(&teacher(app).post(PATH).json(&both).send().expect(201));
        let path = json!({ "title": "A path" });
        let path = location(&teacher(app).post("/api/v1/learning-paths").json(&path).send().expect(201));
        erase(app, TEACHER);
        assert_eq!(admin(app).get(&path).send().expect(200).json()["owner_id"], Value::Null);
        assert_eq!(app.anonymous().get(&course).send().expect(200).json()["instructor_ids"], json!([]));
        assert_eq!(found(app, &format!("?instructor_id={TEACHER}")), [""; 0]);
        assert_eq!(found(app, ""), ["A"]);
        assert_eq!(
            other_teacher(app).get(&shared).send().expect(200).json()["instructor_ids"],
            json!([OTHER])
        );
        let told = app.events_of("lyceum.courses.CourseUpdated.v1");
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|event| !event.data.to_string().contains(TEACHER)));
        let again = other_teacher(app).put(&shared).if_match("\"2\"").json(&both).send().expect(422);
        assert_eq!(again.problem().pointers(), ["/instructor_ids/0"]);
        teacher(app).post(PATH).json(&json!({ "title": "C" })).send().expect(422);
        assert_eq!(app.events_of("lyceum.platform.ErasureAnswered.v1").len(), 1);
    });
}

/// The database answers between the batches as it does for few.
#[test]
fn more_courses_than_a_batch_lose_an_erased_instructor() {
    let app = App::new(&SERVICE).sqlite();
    for at in 0..51 {
        course(&app, &format!("Course {at}"));
    }
    erase(&app, TEACHER);
    assert_eq!(titles(&teacher(&app).get(&format!("{PATH}/taught")).send().expect(200)), [""; 0]);
    assert_eq!(app.events_of("lyceum.courses.CourseUpdated.v1").len(), 51);
}
