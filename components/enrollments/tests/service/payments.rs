//! Courses that cost something.

use super::*;

const REQUESTED: &str = "lyceum.enrollments.PaymentRequested.v1";
const CANCELLED: &str = "lyceum.enrollments.PaymentCancelled.v1";

fn paid_course(app: &App) -> Uuid {
    app.configure("payments", "on");
    at(app, FIRST_DAY);
    let course = course_with(app, &json!({ "price": 4_900, "currency": "EUR" }));
    set(app, course, &json!({ "capacity": 1, "waiting_list": true }));
    course
}

fn id_of(path: &str) -> &str {
    path.rsplit_once('/').unwrap().1
}

fn paid(app: &App, path: &str, amount: i64) -> Event {
    let payment = ids::new();
    let data = json!({
        "payment_id": payment, "enrollment_id": id_of(path), "user_id": shown(app, path)["user_id"], "amount": amount,
        "currency": "EUR", "completed_at": now(),
    });
    Event::new("lyceum.billing.PaymentCompleted.v1", data).about("payment", &payment.to_string(), 1)
}

fn refused(app: &App, path: &str) -> Event {
    let payment = ids::new();
    let data = json!({
        "payment_id": payment, "enrollment_id": id_of(path), "user_id": shown(app, path)["user_id"], "amount": 4_900,
        "currency": "EUR", "error_message": "The card was refused.", "failed_at": now(),
    });
    Event::new("lyceum.billing.PaymentFailed.v1", data).about("payment", &payment.to_string(), 1)
}

#[test]
fn a_place_is_kept_until_it_is_paid_for_and_then_the_learner_is_enrolled() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (paid_course(app), person(app));
        let path = enrolled(app, course, ada);
        let pending = shown(app, &path);
        assert_eq!(
            (&pending["status"], &pending["amount"], &pending["currency"], &pending["payment_until"]),
            (&json!("requested"), &json!(4_900), &json!("EUR"), &json!("2026-01-05T11:00:00Z"))
        );
        assert_eq!(counts(app, course), (1, 0));
        let asked = app.events_of(REQUESTED);
        assert_eq!((asked.len(), &asked[0].data["enrollment_id"]), (1, &pending["id"]));
        // Another amount is not what was asked for.
        app.deliver(&paid(app, &path, 1)).unwrap();
        app.tick("minute").unwrap();
        assert_eq!(status(app, &path), "requested");
        let payment = paid(app, &path, 4_900);
        for _ in 0..2 {
            app.deliver(&payment).unwrap();
        }
        let confirmed = shown(app, &path);
        assert_eq!((&confirmed["status"], confirmed["payment_id"].is_string()), (&json!("confirmed"), true));
        app.deliver(&refused(app, &path)).unwrap();
        at(app, "2026-01-05T12:00:00Z");
        app.tick("minute").unwrap();
        assert_eq!((status(app, &path).as_str(), counts(app, course)), ("confirmed", (1, 0)));
        assert_eq!(app.events_of("lyceum.enrollments.UserEnrolled.v1").len(), 1);
        assert!(app.events_of(CANCELLED).is_empty());
    });
}

#[test]
fn a_payment_that_is_refused_gives_the_place_to_the_next() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (paid_course(app), people(app));
        let (first, second) = (enrolled(app, course, ada), enrolled(app, course, bob));
        assert_eq!(status(app, &second), "waitlisted");
        app.deliver(&refused(app, &first)).unwrap();
        let failed = shown(app, &first);
        assert_eq!(
            (&failed["status"], &failed["failure_reason"]),
            (&json!("compensated"), &json!("payment_failed"))
        );
        assert_eq!((status(app, &second).as_str(), counts(app, course)), ("requested", (1, 0)));
        assert_eq!(app.events_of(REQUESTED).len(), 2);
        assert!(app.events_of(CANCELLED).is_empty(), "whoever refused it knows");
        enrol(app, course, ada).expect(201);
    });
}

#[test]
fn what_is_not_paid_in_time_is_taken_back_and_whoever_takes_payments_is_told() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (paid_course(app), person(app));
        let path = enrolled(app, course, ada);
        let late = paid(app, &path, 4_900);
        at(app, "2026-01-05T10:59:59Z");
        app.tick("minute").unwrap();
        assert_eq!(status(app, &path), "requested");
        at(app, "2026-01-05T11:00:00Z");
        app.tick("minute").unwrap();
        let failed = shown(app, &path);
        assert_eq!(
            (&failed["status"], &failed["failure_reason"]),
            (&json!("compensated"), &json!("timed_out"))
        );
        assert_eq!(counts(app, course), (0, 0));
        assert_eq!(app.events_of(CANCELLED).len(), 1);
        // What comes later changes nothing: it is to be given back.
        app.deliver(&late).unwrap();
        assert_eq!((status(app, &path).as_str(), counts(app, course)), ("compensated", (0, 0)));
    });
}

#[test]
fn who_withdraws_before_it_is_paid_owes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (paid_course(app), people(app));
        let (first, second) = (enrolled(app, course, ada), enrolled(app, course, bob));
        let late = paid(app, &first, 4_900);
        withdraw(app, &first, ada).expect(204);
        let failed = shown(app, &first);
        assert_eq!(
            (&failed["status"], &failed["failure_reason"]),
            (&json!("compensated"), &json!("withdrawn"))
        );
        assert_eq!((status(app, &second).as_str(), counts(app, course)), ("requested", (1, 0)));
        assert_eq!(app.events_of(CANCELLED).len(), 1);
        app.deliver(&late).unwrap();
        at(app, "2026-01-05T10:30:00Z");
        app.tick("minute").unwrap();
        assert_eq!((status(app, &first).as_str(), counts(app, course)), ("compensated", (1, 0)));
        assert_eq!(app.events_of(CANCELLED).len(), 1);
        assert_eq!(app.events_of("lyceum.enrollments.EnrollmentFailed.v1").len(), 1);
    });
}

#[test]
fn an_invitation_that_was_used_in_vain_counts_no_use() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (paid_course(app), person(app));
        let invitations = format!("/api/v1/courses/{course}/invitations");
        let made = teacher(app).post(&invitations).json(&json!({ "max_uses": 1 })).send().expect(201);
        let body = json!({ "code": made.json()["code"] });
        let path = path_of(&learner(app, ada).post(PATH).json(&body).send().expect(201));
        let uses = || teacher(app).get(&path_of(&made)).send().expect(200).json()["uses"].clone();
        assert_eq!(uses(), 1);
        app.deliver(&refused(app, &path)).unwrap();
        assert_eq!(uses(), 0);
        learner(app, ada).post(PATH).json(&body).send().expect(201);
    });
}

#[test]
fn a_payment_of_something_else_is_nobodys_business_here() {
    App::new(&SERVICE).on_each_database(|app| {
        let data = json!({
            "payment_id": ids::new(), "enrollment_id": null, "user_id": ids::new(), "amount": 1, "currency": "EUR",
            "completed_at": now(),
        });
        let event = Event::new("lyceum.billing.PaymentCompleted.v1", data);
        app.deliver(&event.about("payment", "p", 1)).unwrap();
    });
}

#[test]
fn an_enrolment_that_waits_for_its_payment_is_seen_among_the_sagas() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (paid_course(app), person(app));
        let path = enrolled(app, course, ada);
        let list = "/api/v1/sagas/enrollments?state=running";
        learner(app, ada).get(list).send().expect(403);
        let saga = admin(app).get(list).send().expect(200).json()["items"][0].clone();
        assert_eq!((&saga["step"], &saga["subject"]), (&json!("pay"), &json!(id_of(&path))));
        let one = format!("/api/v1/sagas/{}", saga["id"].as_str().unwrap());
        learner(app, ada).get(&one).send().expect(200);
        learner(app, person(app)).get(&one).send().expect(404);
    });
}

#[test]
fn who_has_waited_for_a_place_has_a_day_to_pay_for_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob, cleo]) = (paid_course(app), people(app));
        let [first, second, third] = [ada, bob, cleo].map(|user| enrolled(app, course, user));
        withdraw(app, &first, ada).expect(204);
        assert_eq!(shown(app, &second)["payment_until"], "2026-01-06T10:00:00Z");
        for hour in 11..24 {
            at(app, &format!("2026-01-05T{hour}:00:00Z"));
            app.tick("minute").unwrap();
        }
        assert_eq!(status(app, &second), "requested");
        at(app, "2026-01-06T10:00:00Z");
        for _ in 0..2 {
            app.tick("minute").unwrap();
        }
        assert_eq!([status(app, &second), status(app, &third)], ["compensated", "requested"]);
        app.deliver(&paid(app, &third, 4_900)).unwrap();
        assert_eq!((status(app, &third).as_str(), counts(app, course)), ("confirmed", (1, 0)));
    });
}
