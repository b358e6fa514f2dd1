//! Learning paths: how far somebody is in their courses.

use super::*;

fn told(path: Uuid, sequence: u64, open: bool, courses: &[(Uuid, bool)]) -> Event {
    let courses: Vec<Value> =
        courses.iter().map(|(id, required)| json!({ "course_id": id, "required": required })).collect();
    let data = json!({
        "learning_path_id": path, "title": format!("Path {sequence}"), "is_open": open, "courses": courses,
        "changed_at": NOW,
    });
    Event::new("lyceum.courses.LearningPathChanged.v1", data).about(
        "learning-path",
        &path.to_string(),
        sequence,
    )
}

#[test]
fn a_path_is_as_far_as_its_required_courses() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let (path, other, optional) = (ids::new(), ids::new(), ids::new());
        let address = format!("{PATH}/users/me/learning-paths/{path}");
        student(app).get(&address).send().expect(404);
        let courses = [(scene.course.id, true), (optional, false), (other, true)];
        app.deliver(&told(path, 2, true, &courses)).unwrap();
        app.deliver(&told(path, 1, false, &[])).unwrap();
        let shown = || student(app).get(&address).send().expect(200).json();
        let fresh = shown();
        assert_eq!((&fresh["status"], &fresh["title"]), (&json!("not-started"), &json!("Path 2")));
        for lesson in 0..3 {
            scene.complete(app, lesson);
        }
        let some = shown();
        assert_eq!((&some["status"], &some["percent_complete"]), (&json!("in-progress"), &json!(37.5)));
        scene.complete(app, 3);
        let half = shown();
        assert_eq!((&half["total_courses"], &half["completed_courses"]), (&json!(2), &json!(1)));
        assert_eq!(
            (&half["current_course_id"], &half["courses"][0]["status"]),
            (&json!(other), &json!("completed"))
        );
        // The path asks for less.
        app.deliver(&told(path, 3, true, &[(scene.course.id, false)])).unwrap();
        let done = shown();
        assert_eq!((&done["status"], &done["current_course_id"]), (&json!("completed"), &Value::Null));
        let theirs = address.replace("/me/", &format!("/{STUDENT}/"));
        teacher(app).get(&theirs).send().expect(404);
        admin(app).get(&theirs).send().expect(200);
        app.deliver(&told(path, 4, false, &[(scene.course.id, true)])).unwrap();
        student(app).get(&address).send().expect(404);
        admin(app).get(&theirs).send().expect(200);
        let gone = json!({ "learning_path_id": path, "deleted_at": NOW });
        let gone = Event::new("lyceum.courses.LearningPathDeleted.v1", gone);
        app.deliver(&gone.about("learning-path", &path.to_string(), 5)).unwrap();
        admin(app).get(&theirs).send().expect(404);
    });
}
