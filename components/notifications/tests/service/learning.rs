//! What learners hear of.

use lyceum_testing::Event;
use serde_json::{Value, json};

use super::*;

const OTHER: &str = "01890000-0000-7000-8000-000000000004";
const ID: &str = "01890000-0000-7000-8000-000000000005";
const AT: &str = "2026-01-20T18:00:00Z";

fn event(kind: &str, more: &Value) -> Event {
    let data = json!({
        "enrollment_id": ID, "course_id": ID, "user_id": USER, "course_title": "Baking", "assignment_id": ID,
    });
    let members = [&data, more].into_iter().flat_map(|part| part.as_object().unwrap().clone()).collect();
    Event::new(kind, Value::Object(members)).about("enrollment", ID, 1)
}

fn inbox(app: &App, user: &str) -> Vec<(String, String)> {
    let inbox = app.as_user(user).get("/api/v1/notifications").send().expect(200).json();
    let text = |message: &Value, name: &str| message.get(name).unwrap().as_str().unwrap().to_owned();
    let items = inbox.get("items").unwrap().as_array().unwrap().iter();
    items.map(|message| (text(message, "kind"), text(message, "content"))).collect()
}

#[test]
fn learners_hear_once_of_enrolments_of_what_is_due_and_of_what_they_earned() {
    App::new(&SERVICE).on_each_database(|app| {
        let enrolled = |starts: Value| {
            json!({ "course_version": 1, "starts_at": starts, "expires_at": null, "enrolled_at": "2026-01-19T00:00:00Z" })
        };
        let told = [
            ("enrollments.UserEnrolled", enrolled(json!(null)), "enrollment_confirmed", "at once"),
            ("enrollments.UserEnrolled", enrolled(json!(AT)), "enrollment_confirmed", "begins on 2026-01-20."),
            (
                "enrollments.EnrollmentFailed",
                json!({ "reason": "course_full", "failed_at": AT }),
                "enrollment_failed",
                "all places are taken",
            ),
            (
                "enrollments.EnrollmentWaitlisted",
                json!({ "waitlisted_at": AT }),
                "enrollment_waitlisted",
                "\u{201c}Baking\u{201d}",
            ),
            (
                "progress.AchievementEarned",
                json!({ "achievement_id": ID, "achievement_name": "Baker", "earned_at": AT }),
                "achievement_earned",
                "Baker",
            ),
            (
                "progress.CertificateIssued",
                json!({ "certificate_id": ID, "issued_at": AT }),
                "certificate_issued",
                "certificate is ready",
            ),
        ];
        for (count, (kind, data, expected, part)) in told.into_iter().enumerate() {
            let event = event(&format!("lyceum.{kind}.v1"), &data);
            for _ in 0..2 {
                app.deliver(&event).unwrap();
            }
            let inbox = inbox(app, USER);
            assert_eq!(inbox.len(), count + 1);
            let (kind, content) = inbox.first().unwrap();
            assert!(kind == expected && content.contains(part), "{kind}: {content}");
        }
        let withdrew = json!({ "reason": "withdrawn", "failed_at": AT });
        app.deliver(&event("lyceum.enrollments.EnrollmentFailed.v1", &withdrew)).unwrap();
        assert_eq!(inbox(app, USER).len(), 6, "who withdrew knows");
    });
}

#[test]
fn all_whose_work_is_due_hear_of_it_but_nobody_who_is_erased() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        let data = json!({ "erasure_id": ID, "user_id": OTHER, "requested_at": AT });
        let erased = "01890000-0000-7000-8000-000000000006";
        let mut gone = data;
        gone["user_id"] = json!(erased);
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", gone).about("erasure", ID, 1)).unwrap();
        let due = json!({ "title": "A loaf", "due_date": AT, "user_ids": [USER, OTHER, erased] });
        let event = event("lyceum.progress.AssignmentDueSoon.v1", &due);
        for _ in 0..2 {
            app.deliver(&event).unwrap();
        }
        let expected = (
            "assignment_due_soon".to_owned(),
            "\u{201c}A loaf\u{201d} is to be handed in by 2026-01-20 18:00 UTC.".to_owned(),
        );
        assert_eq!(inbox(app, USER).first(), Some(&expected));
        assert_eq!(inbox(app, OTHER), [expected]);
        assert_eq!(inbox(app, erased), []);
        assert_eq!(app.events_of(REQUESTED).len(), 2, "one person has an address, and was welcomed before");
    });
}
