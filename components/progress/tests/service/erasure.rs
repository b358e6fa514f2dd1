//! Whose data is erased has learned nothing.

use super::*;

fn erase(app: &App, user: &str) {
    let asked = json!({ "erasure_id": NOBODY, "user_id": user, "requested_at": NOW });
    app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", asked)).unwrap();
}

#[test]
fn nothing_is_left_of_who_is_erased_whatever_comes_afterwards() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        scene.complete(app, 0);
        erase(app, STUDENT);
        student(app).get(&scene.path()).send().expect(404);
        let mut enrollment = scene.enrollment.clone();
        app.deliver(&enrollment.moved(1)).unwrap();
        app.deliver(&Enrollment::new(&scene.course, STUDENT).enrolled(1, [None, None])).unwrap();
        app.tick("minute").unwrap();
        student(app).get(&scene.path()).send().expect(404);
        assert_eq!(app.events_of("lyceum.platform.ErasureAnswered.v1").len(), 1);
    });
}
