//! Reviews, where the category of a course wants them.

use super::*;

/// A course that is reviewed before it is published.
fn reviewed(app: &App) -> String {
    let body = json!({ "name": "Medicine", "review_required": true });
    let category = location(&admin(app).post("/api/v1/course-categories").json(&body).send().expect(201));
    let body = json!({ "title": "A", "visibility": "public", "category_id": id_of(&category) });
    let course = course_with(app, &body);
    lesson(app, &module(app, &course, "First"), "Hello");
    course
}

fn code(answer: Answer) -> String {
    answer.expect(409).problem().error_code
}

#[test]
fn what_needs_a_review_is_published_once_it_was_approved_as_it_is() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = reviewed(app);
        let post = |what: &str| teacher(app).post(&format!("{course}/{what}")).send();
        let review = |what: &str| admin(app).post(&format!("{course}/{what}")).send();
        assert_eq!(code(post("publish")), "REVIEW_REQUIRED");
        assert_eq!(code(review("approve")), "NOT_IN_REVIEW");
        assert_eq!(post("submit").expect(200).json()["draft_status"], "review");
        assert_eq!(code(post("submit")), "SUBMITTED");
        assert_eq!(code(post("publish")), "REVIEW_REQUIRED");
        post("approve").expect(403);
        let waiting = admin(app).get(&format!("{PATH}/taught?everybody=true&draft_status=review")).send();
        assert_eq!(titles(&waiting.expect(200)), ["A"]);
        let back = |comment: &str| {
            admin(app).post(&format!("{course}/return")).json(&json!({ "comment": comment })).send()
        };
        assert_eq!(back(" ").expect(422).problem().pointers(), ["/comment"]);
        let returned = back("Too short.").expect(200).json();
        assert_eq!(
            (&returned["draft_status"], &returned["review_comment"]),
            (&json!("draft"), &json!("Too short."))
        );
        teacher(app).post(&format!("{course}/return")).json(&json!({ "comment": "a" })).send().expect(403);
        post("submit").expect(200);
        assert_eq!(review("approve").expect(200).json()["draft_status"], "approved");
        // Another draft is not the one that was approved.
        let more = module(app, &course, "More");
        assert_eq!(code(post("publish")), "REVIEW_REQUIRED");
        post("submit").expect(200);
        changed(app, &more, &json!({ "title": "Even more" })).expect(200);
        assert_eq!(code(review("approve")), "NOT_IN_REVIEW");
        post("submit").expect(200);
        review("approve").expect(200);
        assert_eq!(post("publish").expect(200).json()["status"], "published");
        assert_eq!(code(post("submit")), "NOTHING_CHANGED");
    });
}

#[test]
fn a_plan_that_was_approved_ends_with_the_next_change() {
    App::new(&SERVICE).on_each_database(|app| {
        let start = 1_800_000_000_000_000;
        app.stop_clock(Timestamp::from_micros(start));
        let course = reviewed(app);
        let path = format!("{course}/schedule");
        let body = json!({ "publish_at": Timestamp::from_micros(start + 1_000_000) });
        assert_eq!(code(teacher(app).put(&path).json(&body).send()), "REVIEW_REQUIRED");
        let planned = admin(app).put(&path).json(&body).send().expect(200).json();
        assert_eq!(planned["draft_status"], "approved");
        module(app, &course, "More");
        assert_eq!(teacher(app).get(&course).send().expect(200).json().get("publish_at"), None);
        admin(app).put(&path).json(&body).send().expect(200);
        let category = teacher(app).get(&course).send().expect(200).json()["category_id"].clone();
        let other = json!({ "title": "B", "instructor_ids": [TEACHER], "category_id": category });
        assert_eq!(changed(app, &course, &other).expect(200).json().get("publish_at"), None);
        admin(app).put(&path).json(&body).send().expect(200);
        app.stop_clock(Timestamp::from_micros(start + 1_000_000));
        app.tick("minute").unwrap();
        assert_eq!(teacher(app).get(&course).send().expect(200).json()["published_version"], 1);
    });
}
