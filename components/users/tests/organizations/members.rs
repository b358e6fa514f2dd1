//! Who is in an organisation, and as what.

use super::*;

fn path(id: &str) -> String {
    format!("{ORGANIZATIONS}/{id}/members")
}

fn one(id: &str, number: u32) -> String {
    format!("{ORGANIZATIONS}/{id}/members/{}", user_id(number))
}

#[test]
fn everybody_in_an_organization_sees_who_is_in_it_and_no_address() {
    on_each(|app| {
        let id = school(app);
        let dora = person(app, DORA);
        let all = dora.get(&path(&id)).send().expect(200);
        assert_eq!(names(&all.json()), ["Ada", "Ben", "Cleo", "Dora"]);
        assert!(!all.text().contains('@'), "{}", all.text());
        assert_eq!(names(&list(&dora, &format!("{}?role=instructor", path(&id)))), ["Cleo"]);
        assert_eq!(
            names(&list(&dora, &format!("{}?sort=-joined_at", path(&id)))),
            ["Dora", "Cleo", "Ben", "Ada"]
        );
        assert_eq!(names(&list(&dora, &format!("{}?sort=-name&limit=2", path(&id)))), ["Dora", "Cleo"]);
        app.anonymous().get(&path(&id)).send().expect(401);
        person(app, NOBODY).get(&path(&id)).send().expect(404);
        person(app, NOBODY).get(&one(&id, DORA)).send().expect(404);
        dora.get(&one(&id, NOBODY)).send().expect(404);
        assert_eq!(dora.get(&one(&id, CLEO)).send().expect(200).json()["role"], "instructor");
        app.as_role(Role::Admin).get(&path(&id)).send().expect(200);
    });
}

#[test]
fn a_member_is_listed_by_the_name_that_they_have_now() {
    on_each(|app| {
        let id = school(app);
        let ben = person(app, BEN);
        let tag = ben.get("/api/v1/users/me/profile").send().expect(200).tag().to_owned();
        let change = json!({ "display_name": "Zoe" });
        ben.patch("/api/v1/users/me/profile").if_match(&tag).json(&change).send().expect(200);
        assert_eq!(names(&list(&ben, &path(&id))), ["Ada", "Cleo", "Dora", "Zoe"]);
    });
}

#[test]
fn owners_and_admins_add_members_and_only_owners_make_owners() {
    on_each(|app| {
        let id = organization(app, ADA, "School");
        let add = |by: u32, number: u32, role: &str| {
            let body = json!({ "user_id": user_id(number), "role": role });
            person(app, by).post(&path(&id)).json(&body).send()
        };
        add(BEN, DORA, "member").expect(404);
        let added = add(ADA, BEN, "admin").expect(201);
        assert_eq!(added.header("location"), Some(one(&id, BEN).as_str()));
        assert_eq!((&added.json()["display_name"], &added.json()["role"]), (&json!("Ben"), &json!("admin")));
        refused(add(ADA, BEN, "member"), 409, "ALREADY_MEMBER");
        refused(add(ADA, NOBODY, "member"), 422, "UNKNOWN_PERSON");
        add(BEN, CLEO, "owner").expect(403);
        let plain = json!({ "user_id": user_id(CLEO) });
        let cleo = person(app, BEN).post(&path(&id)).json(&plain).send().expect(201);
        assert_eq!(cleo.json()["role"], "member");
        add(CLEO, DORA, "member").expect(403);
        let wrong = person(app, ADA).post(&path(&id)).json(&json!({ "user_id": "x", "role": "king" })).send();
        wrong.expect(422);
        let admin = app.as_role(Role::Admin).post(&path(&id));
        admin.json(&json!({ "user_id": user_id(DORA), "role": "owner" })).send().expect(201);
        let roles: Vec<Value> =
            told(app, "OrganizationMemberAdded").into_iter().map(|added| added["role"].clone()).collect();
        assert_eq!(roles, ["owner", "admin", "member", "owner"]);
    });
}

#[test]
fn a_role_is_given_by_those_who_may_and_an_owner_always_stays() {
    on_each(|app| {
        let id = school(app);
        let give = |by: u32, number: u32, role: &str| {
            person(app, by).put(&one(&id, number)).json(&json!({ "role": role })).send()
        };
        give(DORA, DORA, "admin").expect(403);
        give(CLEO, DORA, "instructor").expect(403);
        give(NOBODY, DORA, "admin").expect(404);
        give(BEN, NOBODY, "admin").expect(404);
        give(BEN, ADA, "member").expect(403);
        give(BEN, DORA, "owner").expect(403);
        assert_eq!(give(BEN, DORA, "instructor").expect(200).json()["role"], "instructor");
        give(BEN, DORA, "instructor").expect(200);
        assert_eq!(told(app, "OrganizationMemberChanged").len(), 1);
        refused(give(ADA, ADA, "member"), 409, "LAST_OWNER");
        give(ADA, BEN, "owner").expect(200);
        give(ADA, ADA, "member").expect(200);
        refused(give(BEN, BEN, "admin"), 409, "LAST_OWNER");
        give(ADA, BEN, "member").expect(403);
    });
}

#[test]
fn everybody_may_leave_but_the_last_owner_and_only_owners_send_owners_away() {
    on_each(|app| {
        let id = school(app);
        let remove = |by: u32, number: u32| person(app, by).delete(&one(&id, number)).send();
        remove(NOBODY, DORA).expect(404);
        remove(DORA, CLEO).expect(403);
        remove(BEN, ADA).expect(403);
        remove(BEN, NOBODY).expect(404);
        refused(remove(ADA, ADA), 409, "LAST_OWNER");
        refused(app.as_role(Role::Admin).delete(&one(&id, ADA)).send(), 409, "LAST_OWNER");
        person(app, DORA).delete(&format!("{}/me", path(&id))).send().expect(204);
        person(app, DORA).get(&path(&id)).send().expect(404);
        remove(BEN, CLEO).expect(204);
        assert_eq!(names(&list(&person(app, ADA), &path(&id))), ["Ada", "Ben"]);
        let gone: Vec<Value> =
            told(app, "OrganizationMemberRemoved").into_iter().map(|gone| gone["user_id"].clone()).collect();
        assert_eq!(gone, [json!(user_id(DORA)), json!(user_id(CLEO))]);
    });
}

#[test]
fn what_a_person_is_in_is_theirs_to_see() {
    on_each(|app| {
        school(app);
        organization(app, DORA, "Choir");
        let path = |of: &str| format!("/api/v1/users/{of}/memberships");
        let own = list(&person(app, DORA), &path("me"));
        assert_eq!(names(&own), ["School", "Choir"]);
        assert_eq!((&own["items"][1]["role"], &own["items"][1]["slug"]), (&json!("owner"), &json!("choir")));
        person(app, BEN).get(&path(&user_id(DORA))).send().expect(404);
        app.anonymous().get(&path("me")).send().expect(401);
        assert_eq!(names(&list(&app.as_role(Role::Admin), &path(&user_id(DORA)))), ["School", "Choir"]);
    });
}

#[test]
fn of_two_owners_who_leave_at_once_one_stays() {
    on_each(|app| {
        let id = organization(app, ADA, "School");
        join(app, ADA, &id, BEN, "owner");
        let left = app.in_parallel(2, |at, app| {
            let number = if at == 0 { ADA } else { BEN };
            person(app, number).delete(&format!("{}/me", path(&id))).send().status()
        });
        let mut sorted = left.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [204, 409], "{left:?}");
    });
}
