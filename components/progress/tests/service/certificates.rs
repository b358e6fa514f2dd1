//! Certificates: made out once, verified by anybody, revoked by who gives the course.

use super::*;

fn certified(app: &App) -> (Scene, String) {
    let scene = scene(app);
    let data = json!({ "user_id": STUDENT, "display_name": "Ada", "created_at": NOW });
    app.deliver(&Event::new("lyceum.users.ProfileCreated.v1", data).about("user", STUDENT, 1)).unwrap();
    for lesson in 0..4 {
        scene.complete(app, lesson);
    }
    let list = student(app).get(&format!("{PATH}/users/me/certificates")).send().expect(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    (scene, list["items"][0]["code"].as_str().unwrap().to_owned())
}

#[test]
fn who_completes_a_course_has_a_certificate_that_anybody_verifies() {
    App::new(&SERVICE).on_each_database(|app| {
        let (scene, code) = certified(app);
        assert_eq!(count(app, "CertificateIssued"), 1);
        let path = format!("{PATH}/certificates/{code}");
        let shown = app.anonymous().get(&path).send().expect(200).json();
        assert_eq!((&shown["valid"], &shown["holder_name"]), (&json!(true), &json!("Ada")));
        assert_eq!(
            (&shown["course_title"], &shown["course_id"]),
            (&json!("Baking 1"), &json!(scene.course.id))
        );
        assert!(shown.get("user_id").is_none());
        app.anonymous().get(&path.to_lowercase().replace("/api/V1", "/api/v1")).send().expect(200);
        let page = app.anonymous().get(&path).header("accept", "text/html,*/*").send().expect(200);
        assert!(page.text().contains("<p>Ada completed the course <cite>Baking 1</cite>.</p>"));
        let pdf = app.anonymous().get(&format!("{path}/pdf")).send().expect(200);
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        assert!(pdf.body().starts_with(b"%PDF-"));
        app.anonymous().get(&format!("{PATH}/certificates/AAAAA")).send().expect(404);
        let theirs = format!("{PATH}/users/{STUDENT}/certificates");
        teacher(app).get(&theirs).send().expect(404);
        admin(app).get(&theirs).send().expect(200);
    });
}

#[test]
fn a_certificate_is_revoked_once_with_a_reason_by_who_gives_the_course() {
    App::new(&SERVICE).on_each_database(|app| {
        let (_, code) = certified(app);
        let path = format!("{PATH}/certificates/{code}");
        let revoke = format!("{path}/revoke");
        let body = json!({ "reason": "Somebody else learned." });
        student(app).post(&revoke).json(&body).send().expect(403);
        other_teacher(app).post(&revoke).json(&body).send().expect(403);
        teacher(app).post(&revoke).json(&json!({ "reason": " " })).send().expect(422);
        let revoked = teacher(app).post(&revoke).json(&body).send().expect(200).json();
        assert_eq!((&revoked["valid"], &revoked["revoked_reason"]), (&json!(false), &body["reason"]));
        assert_eq!(app.anonymous().get(&path).send().expect(200).json(), revoked);
        let again = admin(app).post(&revoke).json(&body).send().expect(409);
        assert_eq!(again.problem().error_code, "ALREADY_REVOKED");
    });
}
