//! Codes with which people enrol.

use super::*;

fn invite(app: &App, course: Uuid, fields: &Value) -> Answer {
    teacher(app).post(&format!("/api/v1/courses/{course}/invitations")).json(fields).send()
}

fn use_code(app: &App, user: Uuid, code: &str) -> Answer {
    learner(app, user).post(PATH).json(&json!({ "code": code })).send()
}

fn wrong(answer: Answer) -> String {
    answer.expect(422).problem().details[0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn who_has_a_code_enrols_where_others_find_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (course, [ada, bob, cleo]) = (course_with(app, &json!({ "visibility": "private" })), people(app));
        set(app, course, &json!({ "self_enrollment": false }));
        let fields = json!({ "label": "Evening class", "max_uses": 2, "expires_at": "2026-02-01T00:00:00Z" });
        let made = invite(app, course, &fields).expect(201);
        let code = made.json()["code"].as_str().unwrap().to_owned();
        assert_eq!((code.len(), &made.json()["uses"]), (12, &json!(0)));
        enrol(app, course, ada).expect(404);
        // However it is typed.
        let typed = format!("{} - {}", &code[..4].to_lowercase(), &code[4..]);
        let path = path_of(&use_code(app, ada, &typed).expect(201));
        assert_eq!(
            (status(app, &path).as_str(), &shown(app, &path)["origin"]),
            ("confirmed", &json!("invitation"))
        );
        let both = json!({ "course_id": course, "code": code });
        learner(app, bob).post(PATH).json(&both).send().expect(201);
        assert_eq!(self::super::code(use_code(app, cleo, &code)), "INVITATION_USED_UP");
        assert_eq!(counts(app, course), (2, 0));
        let invitation = path_of(&made);
        assert_eq!(teacher(app).get(&invitation).send().expect(200).json()["uses"], 2);
        // Whoever leaves has used it all the same.
        withdraw(app, &path, ada).expect(204);
        assert_eq!(self::super::code(use_code(app, cleo, &code)), "INVITATION_USED_UP");
    });
}

#[test]
fn a_code_that_is_unknown_over_taken_back_or_of_another_course_is_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (course, other, ada) = (course(app), self::course(app), person(app));
        assert_eq!(wrong(use_code(app, ada, "NOSUCHCODE")), "UNKNOWN_CODE");
        let made = invite(app, course, &json!({ "expires_at": "2026-01-06T00:00:00Z" })).expect(201);
        let code = made.json()["code"].as_str().unwrap().to_owned();
        let of_other = json!({ "course_id": other, "code": code });
        assert_eq!(wrong(learner(app, ada).post(PATH).json(&of_other).send()), "OTHER_COURSE");
        at(app, "2026-01-06T00:00:00Z");
        assert_eq!(wrong(use_code(app, ada, &code)), "INVITATION_OVER");
        let made = invite(app, course, &json!({})).expect(201);
        let (path, code) = (path_of(&made), made.json()["code"].as_str().unwrap().to_owned());
        for who in [learner(app, ada), other_teacher(app)] {
            who.delete(&path).send().expect(403);
        }
        for _ in 0..2 {
            teacher(app).delete(&path).send().expect(204);
        }
        assert_eq!(wrong(use_code(app, ada, &code)), "INVITATION_OVER");
        assert_eq!(wrong(learner(app, ada).post(PATH).json(&json!({})).send()), "REQUIRED");
    });
}

#[test]
fn instructors_list_the_invitations_of_their_courses() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, other) = (course(app), course(app));
        let path = format!("/api/v1/courses/{course}/invitations");
        for label in ["A", "B", "C"] {
            invite(app, course, &json!({ "label": label })).expect(201);
        }
        let of_other = path_of(&invite(app, other, &json!({})).expect(201));
        let list = |query: &str| {
            let page = teacher(app).get(&format!("{path}{query}")).send().expect(200).json();
            let labels = page["items"].as_array().unwrap().iter().map(|item| item["label"].clone());
            (labels.collect::<Vec<_>>(), page["next_cursor"].clone())
        };
        assert_eq!(list("").0, ["C", "B", "A"].map(|label| json!(label)));
        let (first, cursor) = list("?limit=2");
        assert_eq!(first, ["C", "B"].map(|label| json!(label)));
        assert_eq!(list(&format!("?limit=2&cursor={}", cursor.as_str().unwrap())).0, [json!("A")]);
        let id = of_other.rsplit_once('/').unwrap().1;
        teacher(app).get(&format!("{path}/{id}")).send().expect(404);
        teacher(app).delete(&format!("{path}/{id}")).send().expect(404);
        other_teacher(app).get(&path).send().expect(403);
        for (wrong, pointer) in [
            (json!({ "max_uses": 0 }), "/max_uses"),
            (json!({ "label": "two\nlines" }), "/label"),
            (json!({ "expires_at": "2020-01-01T00:00:00Z" }), "/expires_at"),
        ] {
            assert_eq!(invite(app, course, &wrong).expect(422).problem().pointers(), [pointer]);
        }
    });
}
