//! Cohorts of an organisation, and who is in them.

use super::*;

fn members(id: &str) -> String {
    format!("{COHORTS}/{id}/members")
}

fn one(id: &str, number: u32) -> String {
    format!("{COHORTS}/{id}/members/{}", user_id(number))
}

fn add(app: &App, by: u32, id: &str, number: u32) -> Answer {
    person(app, by).post(&members(id)).json(&json!({ "user_id": user_id(number) })).send()
}

#[test]
fn those_who_teach_keep_cohorts_whose_names_are_there_once_in_an_organization() {
    on_each(|app| {
        let school = school(app);
        let make = |by: u32, name: &str| {
            let body = json!({ "organization_id": school, "name": name, "description": "First year." });
            person(app, by).post(COHORTS).json(&body).send()
        };
        make(DORA, "Class").expect(403);
        refused(make(NOBODY, "Class"), 422, "UNKNOWN_ORGANIZATION");
        app.anonymous().post(COHORTS).json(&json!({})).send().expect(401);
        let answer = make(CLEO, "Class").expect(201);
        let path = format!("{COHORTS}/{}", id_of(&answer));
        assert_eq!(answer.header("location"), Some(path.as_str()));
        refused(make(ADA, "class"), 409, "COHORT_NAME_TAKEN");
        let put = |by: u32, tag: &str| {
            person(app, by).put(&path).if_match(tag).json(&json!({ "name": "Class of 2027" })).send()
        };
        person(app, CLEO).put(&path).json(&json!({ "name": "X" })).send().expect(428);
        put(DORA, answer.tag()).expect(404);
        put(CLEO, "\"7\"").expect(412);
        assert_eq!(put(CLEO, answer.tag()).expect(200).json()["description"], Value::Null);
        person(app, DORA).delete(&path).send().expect(404);
        person(app, CLEO).delete(&path).if_match(answer.tag()).send().expect(412);
        person(app, CLEO).delete(&path).send().expect(204);
        person(app, CLEO).get(&path).send().expect(404);
        for (kind, count) in [("CohortCreated", 1), ("CohortUpdated", 1), ("CohortDeleted", 1)] {
            assert_eq!(told(app, kind).len(), count, "{kind}");
        }
    });
}

#[test]
fn who_is_in_a_cohort_sees_it_and_not_who_else_is_in_it() {
    on_each(|app| {
        let school = school(app);
        let class = group(app, COHORTS, &school, "Class");
        group(app, COHORTS, &school, "Other class");
        add(app, CLEO, &class, DORA).expect(201);
        let (dora, cleo) = (person(app, DORA), person(app, CLEO));
        let of = format!("{COHORTS}?organization_id={school}");
        assert_eq!(names(&list(&cleo, &of)), ["Class", "Other class"]);
        assert_eq!(names(&list(&cleo, &format!("{of}&q=other"))), ["Other class"]);
        assert_eq!(names(&list(&cleo, &format!("{of}&member={}", user_id(DORA)))), ["Class"]);
        assert_eq!(names(&list(&cleo, COHORTS)), [""; 0]);
        assert_eq!(names(&list(&dora, &of)), ["Class"]);
        assert_eq!(names(&list(&app.as_role(Role::Admin), COHORTS)), ["Class", "Other class"]);
        dora.get(&format!("{COHORTS}?member={}", user_id(CLEO))).send().expect(403);
        app.anonymous().get(COHORTS).send().expect(401);
        dora.get(&format!("{COHORTS}/{class}")).send().expect(200);
        dora.get(&members(&class)).send().expect(403);
        person(app, NOBODY).get(&format!("{COHORTS}/{class}")).send().expect(404);
        person(app, NOBODY).get(&members(&class)).send().expect(404);
        let seen = cleo.get(&members(&class)).send().expect(200);
        assert_eq!(names(&seen.json()), ["Dora"]);
        assert!(!seen.text().contains('@'), "{}", seen.text());
    });
}

#[test]
fn only_members_of_the_organization_come_into_a_cohort_and_may_leave_it() {
    on_each(|app| {
        let school = school(app);
        let class = group(app, COHORTS, &school, "Class");
        with_person(app, 5, "Eve");
        add(app, DORA, &class, DORA).expect(404);
        refused(add(app, CLEO, &class, 5), 422, "NOT_A_MEMBER");
        let added = add(app, CLEO, &class, DORA).expect(201);
        assert_eq!(added.json()["display_name"], "Dora");
        refused(add(app, CLEO, &class, DORA), 409, "ALREADY_MEMBER");
        add(app, CLEO, &class, BEN).expect(201);
        person(app, DORA).delete(&one(&class, BEN)).send().expect(403);
        person(app, DORA).delete(&format!("{}/me", members(&class))).send().expect(204);
        person(app, CLEO).delete(&one(&class, DORA)).send().expect(404);
        person(app, CLEO).delete(&one(&class, BEN)).send().expect(204);
        assert_eq!((told(app, "CohortMemberAdded").len(), told(app, "CohortMemberRemoved").len()), (2, 2));
    });
}
