//! What those are told who wait to see what becomes of an enrolment.

use super::*;

fn told(app: &App, channel: &str) -> Vec<String> {
    let all = app.announced().into_iter().filter(|told| told.channel == channel);
    all.map(|told| {
        assert_eq!(told.data["type"], told.event.as_str());
        told.event
    })
    .collect()
}

#[test]
fn who_waits_is_told_of_each_state_by_each_way() {
    App::new(&SERVICE).on_each_database(|app| {
        app.configure("payments", "on");
        let course = course_with(app, &json!({ "price": 4_900, "currency": "EUR" }));
        let [ada, bob] = people(app);
        let path = enrolled(app, course, ada);
        let id = path.rsplit_once('/').unwrap().1;
        let states = ["enrollment.requested", "payment.processing"];
        assert_eq!(told(app, &format!("enrollment/{id}")), states);
        assert_eq!(told(app, &format!("learner/{ada}")), states);

        let stream = learner(app, ada).get(&format!("/api/enrollments/{id}/status")).send().expect(200);
        assert_eq!(stream.header("grip-hold"), Some("stream"));
        assert_eq!(stream.header("grip-channel"), Some(format!("enrollment/{id}").as_str()));
        assert!(stream.text().starts_with("event: payment.processing\ndata: {\"id\":"), "{}", stream.text());
        let socket = learner(app, ada).get("/api/enrollment-ws").send().expect(200);
        assert_eq!(socket.header("grip-channel"), Some(format!("learner/{ada}").as_str()));

        // Who knows nothing, or something older, is told at once; who knows all waits.
        let poll = |query: &str| learner(app, ada).get(&format!("/api/enrollments/{id}/poll{query}")).send();
        let now = poll("").expect(200);
        assert_eq!((now.header("grip-hold"), &now.json()["type"]), (None, &json!("payment.processing")));
        assert_eq!(poll("?lastEventId=0").expect(200).json()["content"]["status"], "requested");
        let held = poll(&format!("?lastEventId={}", now.json()["id"])).expect(200);
        let headers =
            ["grip-hold", "grip-answer", "grip-timeout"].map(|name| held.header(name).unwrap().to_owned());
        assert_eq!(headers, ["response", "event", "30"]);
        poll("?lastEventId=x").expect(400);

        withdraw(app, &path, ada).expect(204);
        assert_eq!(told(app, &format!("learner/{ada}")).last().unwrap(), "enrollment.failed");
        let after = poll(&format!("?lastEventId={}", now.json()["id"])).expect(200).json();
        assert_eq!(
            (&after["type"], &after["content"]["reason"]),
            (&json!("enrollment.failed"), &json!("withdrawn"))
        );
        for way in ["status", "poll"] {
            learner(app, bob).get(&format!("/api/enrollments/{id}/{way}")).send().expect(404);
        }
        app.anonymous().get("/api/enrollment-ws").send().expect(401);
    });
}

#[test]
fn who_waits_for_a_place_is_told_when_they_have_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (course(app), people(app));
        set(app, course, &json!({ "capacity": 1, "waiting_list": true, "valid_days": 1 }));
        at(app, FIRST_DAY);
        let first = enrolled(app, course, ada);
        enrolled(app, course, bob);
        withdraw(app, &first, ada).expect(204);
        let states = ["enrollment.waitlisted", "enrollment.requested", "enrollment.confirmed"];
        assert_eq!(told(app, &format!("learner/{bob}")), states);
        at(app, "2026-01-08T00:00:00Z");
        app.tick("minute").unwrap();
        assert_eq!(told(app, &format!("learner/{bob}")).last().unwrap(), "enrollment.expired");
    });
}
