//! What becomes of what a person was in when their data is erased.

use super::*;

fn requested(number: u32) -> Event {
    let data = json!({
        "erasure_id": "01890000-0000-7000-8000-0000000000ee", "user_id": user_id(number),
        "requested_at": "2026-01-03T00:00:00Z",
    });
    Event::new("lyceum.users.ErasureRequested.v1", data).about("user", &user_id(number), 2)
}

fn erase(app: &App, number: u32) -> Result<(), String> {
    app.deliver(&requested(number))
}

#[test]
fn an_erased_person_has_left_everything_and_it_is_told() {
    on_each(|app| {
        let school = school(app);
        let choir = group(app, TEAMS, &school, "Choir");
        let class = group(app, COHORTS, &school, "Class");
        let body = json!({ "user_id": user_id(DORA) });
        for members in [format!("{TEAMS}/{choir}/members"), format!("{COHORTS}/{class}/members")] {
            person(app, ADA).post(&members).json(&body).send().expect(201);
        }
        let event = requested(DORA);
        app.deliver(&event).unwrap();
        app.deliver(&event).unwrap();
        let members = format!("{ORGANIZATIONS}/{school}/members");
        assert_eq!(names(&list(&person(app, ADA), &members)), ["Ada", "Ben", "Cleo"]);
        assert_eq!(names(&list(&person(app, ADA), &format!("{TEAMS}/{choir}/members"))), [""; 0]);
        for kind in ["OrganizationMemberRemoved", "TeamMemberRemoved", "CohortMemberRemoved"] {
            let told = told(app, kind);
            assert_eq!((told.len(), &told[0]["user_id"]), (1, &json!(user_id(DORA))), "{kind}");
        }
        assert_eq!(app.events_of("lyceum.platform.ErasureAnswered.v1").len(), 1);
        refused(person(app, ADA).post(&members).json(&body).send(), 422, "UNKNOWN_PERSON");
    });
}

#[test]
fn an_organization_that_loses_its_last_owner_gets_the_one_who_was_its_admin_for_longest() {
    on_each(|app| {
        let school = school(app);
        let change = person(app, ADA).put(&format!("{ORGANIZATIONS}/{school}/members/{}", user_id(CLEO)));
        change.json(&json!({ "role": "admin" })).send().expect(200);
        erase(app, ADA).unwrap();
        let owners = format!("{ORGANIZATIONS}/{school}/members?role=owner");
        assert_eq!(names(&list(&person(app, DORA), &owners)), ["Ben"]);
        let told = told(app, "OrganizationMemberChanged");
        assert_eq!((&told[1]["user_id"], &told[1]["role"]), (&json!(user_id(BEN)), &json!("owner")));
        // He is the last one now.
        let leave = person(app, BEN).delete(&format!("{ORGANIZATIONS}/{school}/members/me")).send();
        refused(leave, 409, "LAST_OWNER");
    });
}

#[test]
fn an_organization_without_anybody_to_own_it_waits_for_an_administrator() {
    on_each(|app| {
        let school = organization(app, ADA, "School");
        join(app, ADA, &school, DORA, "member");
        erase(app, ADA).unwrap();
        let admin = app.as_role(Role::Admin);
        assert_eq!(names(&list(&admin, &format!("{ORGANIZATIONS}?ownerless=true"))), ["School"]);
        person(app, DORA).get(&format!("{ORGANIZATIONS}/{school}")).send().expect(200);
        let path = format!("{ORGANIZATIONS}/{school}/members/{}", user_id(DORA));
        admin.put(&path).json(&json!({ "role": "owner" })).send().expect(200);
        assert_eq!(names(&list(&admin, &format!("{ORGANIZATIONS}?ownerless=true"))), [""; 0]);
    });
}

#[test]
fn another_owner_stays_when_one_is_erased() {
    on_each(|app| {
        let school = school(app);
        let dora = format!("{ORGANIZATIONS}/{school}/members/{}", user_id(DORA));
        person(app, ADA).put(&dora).json(&json!({ "role": "owner" })).send().expect(200);
        erase(app, ADA).unwrap();
        let owners = format!("{ORGANIZATIONS}/{school}/members?role=owner");
        assert_eq!(names(&list(&person(app, DORA), &owners)), ["Dora"]);
    });
}

#[test]
fn who_is_added_while_they_are_erased_is_erased_when_it_is_tried_again() {
    on_each(|app| {
        let school = organization(app, ADA, "School");
        app.commit_first(&format!(
            "INSERT INTO organization_members (organization_id, user_id, role, name_folded, joined_at) \
             VALUES ('{school}', '{}', 'member', 'dora', 1)",
            user_id(DORA)
        ));
        let reason = erase(app, DORA).unwrap_err();
        assert!(reason.starts_with("unavailable: "), "{reason}");
        erase(app, DORA).unwrap();
        assert_eq!(told(app, "OrganizationMemberRemoved").len(), 1);
        app.as_role(Role::Admin).get(&format!("/api/v1/users/{}", user_id(DORA))).send().expect(404);
    });
}
