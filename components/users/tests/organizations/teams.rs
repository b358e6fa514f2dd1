//! Teams within an organisation, and who is in them.

use super::*;

fn members(id: &str) -> String {
    format!("{TEAMS}/{id}/members")
}

fn one(id: &str, number: u32) -> String {
    format!("{TEAMS}/{id}/members/{}", user_id(number))
}

fn add(app: &App, by: u32, id: &str, number: u32, role: &str) -> Answer {
    person(app, by).post(&members(id)).json(&json!({ "user_id": user_id(number), "role": role })).send()
}

#[test]
fn owners_and_admins_make_teams_whose_names_are_there_once_in_an_organization() {
    on_each(|app| {
        let school = school(app);
        let make = |by: u32, name: &str| {
            person(app, by).post(TEAMS).json(&json!({ "organization_id": school, "name": name })).send()
        };
        make(DORA, "Choir").expect(403);
        make(CLEO, "Choir").expect(403);
        refused(make(NOBODY, "Choir"), 422, "UNKNOWN_ORGANIZATION");
        let answer = make(BEN, "Chœur").expect(201);
        assert_eq!(answer.header("location"), Some(format!("{TEAMS}/{}", id_of(&answer)).as_str()));
        assert_eq!(
            (&answer.json()["organization_id"], &answer.json()["name"]),
            (&json!(school), &json!("Chœur"))
        );
        refused(make(ADA, "CHŒUR"), 409, "TEAM_NAME_TAKEN");
        make(ADA, "").expect(422);
        app.anonymous().post(TEAMS).json(&json!({})).send().expect(401);
        let other = organization(app, ADA, "Other");
        group(app, TEAMS, &other, "Chœur");
        let created = told(app, "TeamCreated");
        assert_eq!((created.len(), &created[0]["organization_id"]), (2, &json!(school)));
        let admin = app.as_role(Role::Admin).post(TEAMS);
        admin.json(&json!({ "organization_id": school, "name": "Staff" })).send().expect(201);
    });
}

#[test]
fn teams_are_listed_and_shown_to_those_in_their_organization() {
    on_each(|app| {
        let (school, other) = (school(app), organization(app, ADA, "Other"));
        let choir = group(app, TEAMS, &school, "Choir");
        group(app, TEAMS, &school, "Chess club");
        let hidden = group(app, TEAMS, &other, "Hidden");
        add(app, ADA, &choir, DORA, "member").expect(201);
        let (dora, admin) = (person(app, DORA), app.as_role(Role::Admin));
        let of = |id: &str, rest: &str| format!("{TEAMS}?organization_id={id}{rest}");
        assert_eq!(names(&list(&dora, TEAMS)), ["Choir"]);
        assert_eq!(names(&list(&dora, &of(&school, ""))), ["Chess club", "Choir"]);
        assert_eq!(names(&list(&dora, &of(&school, "&q=chess"))), ["Chess club"]);
        assert_eq!(names(&list(&dora, &of(&school, "&sort=created_at"))), ["Choir", "Chess club"]);
        assert_eq!(
            names(&list(&person(app, BEN), &of(&school, &format!("&member={}", user_id(DORA))))),
            ["Choir"]
        );
        assert_eq!(names(&list(&dora, &of(&other, ""))), [""; 0]);
        dora.get(&format!("{TEAMS}?member={}", user_id(ADA))).send().expect(403);
        assert_eq!(names(&list(&admin, TEAMS)), ["Chess club", "Choir", "Hidden"]);
        app.anonymous().get(TEAMS).send().expect(401);

        dora.get(&format!("{TEAMS}/{choir}")).send().expect(200);
        dora.get(&format!("{TEAMS}/{hidden}")).send().expect(404);
        dora.get(&members(&hidden)).send().expect(404);
        admin.get(&format!("{TEAMS}/{hidden}")).send().expect(200);
        assert_eq!(names(&list(&person(app, BEN), &members(&choir))), ["Dora"]);
        assert_eq!(names(&list(&dora, &format!("{}?role=lead", members(&choir)))), [""; 0]);
    });
}

#[test]
fn a_team_is_changed_by_its_leads_and_deleted_by_those_who_keep_the_organization() {
    on_each(|app| {
        let school = school(app);
        let id = group(app, TEAMS, &school, "Choir");
        let path = format!("{TEAMS}/{id}");
        add(app, ADA, &id, CLEO, "lead").expect(201);
        let tag = person(app, DORA).get(&path).send().expect(200).tag().to_owned();
        let body = json!({ "name": "Chorus", "logo_url": "https://example.org/c.png" });
        let put = |by: u32, tag: &str| person(app, by).put(&path).if_match(tag).json(&body).send();
        person(app, CLEO).put(&path).json(&body).send().expect(428);
        put(DORA, &tag).expect(403);
        put(NOBODY, &tag).expect(404);
        put(CLEO, "\"7\"").expect(412);
        let changed = put(CLEO, &tag).expect(200);
        assert_eq!(changed.json()["logo_url"], "https://example.org/c.png");
        assert_eq!(told(app, "TeamUpdated")[0]["name"], "Chorus");
        person(app, CLEO).delete(&path).send().expect(403);
        person(app, NOBODY).delete(&path).send().expect(404);
        person(app, BEN).delete(&path).if_match(&tag).send().expect(412);
        person(app, BEN).delete(&path).send().expect(204);
        person(app, BEN).get(&path).send().expect(404);
        assert_eq!(
            told(app, "TeamDeleted"),
            [json!({
                "team_id": id, "organization_id": school, "deleted_at": told(app, "TeamDeleted")[0]["deleted_at"],
            })]
        );
        assert_eq!(names(&list(&person(app, ADA), TEAMS)), [""; 0]);
    });
}

#[test]
fn only_members_of_the_organization_come_into_a_team_by_those_who_keep_it() {
    on_each(|app| {
        let school = school(app);
        let id = group(app, TEAMS, &school, "Choir");
        with_person(app, 5, "Eve");
        add(app, DORA, &id, DORA, "lead").expect(403);
        add(app, NOBODY, &id, DORA, "member").expect(404);
        refused(add(app, ADA, &id, 5, "member"), 422, "NOT_A_MEMBER");
        refused(add(app, ADA, &id, NOBODY, "member"), 422, "NOT_A_MEMBER");
        assert_eq!(add(app, BEN, &id, CLEO, "lead").expect(201).json()["display_name"], "Cleo");
        add(app, CLEO, &id, DORA, "member").expect(201);
        refused(add(app, CLEO, &id, DORA, "member"), 409, "ALREADY_MEMBER");
        let give = |by: u32, number: u32, role: &str| {
            person(app, by).put(&one(&id, number)).json(&json!({ "role": role })).send()
        };
        give(DORA, DORA, "lead").expect(403);
        give(CLEO, NOBODY, "lead").expect(404);
        assert_eq!(give(CLEO, DORA, "lead").expect(200).json()["role"], "lead");
        assert_eq!(told(app, "TeamMemberChanged").len(), 1);
        let remove = |by: u32, number: u32| person(app, by).delete(&one(&id, number)).send();
        give(DORA, CLEO, "member").expect(200);
        remove(CLEO, DORA).expect(403);
        remove(CLEO, CLEO).expect(204);
        remove(ADA, CLEO).expect(404);
        remove(ADA, DORA).expect(204);
        assert_eq!((told(app, "TeamMemberAdded").len(), told(app, "TeamMemberRemoved").len()), (2, 2));
    });
}

#[test]
fn who_leaves_an_organization_leaves_its_teams_and_cohorts_in_one_write() {
    on_each(|app| {
        let (school, other) = (school(app), organization(app, ADA, "Other"));
        join(app, ADA, &other, DORA, "member");
        let (choir, chess) = (group(app, TEAMS, &school, "Choir"), group(app, TEAMS, &school, "Chess"));
        let (class, kept) = (group(app, COHORTS, &school, "Class"), group(app, TEAMS, &other, "Kept"));
        for team in [&choir, &chess, &kept] {
            add(app, ADA, team, DORA, "member").expect(201);
        }
        let body = json!({ "user_id": user_id(DORA) });
        person(app, ADA).post(&format!("{COHORTS}/{class}/members")).json(&body).send().expect(201);
        let leave = person(app, DORA).delete(&format!("{ORGANIZATIONS}/{school}/members/me"));
        leave.key("k").send().expect(204);
        assert_eq!(names(&list(&person(app, DORA), TEAMS)), ["Kept"]);
        assert_eq!(names(&list(&person(app, DORA), COHORTS)), [""; 0]);
        assert_eq!((told(app, "TeamMemberRemoved").len(), told(app, "CohortMemberRemoved").len()), (2, 1));
        // Whoever comes back is in none of them.
        join(app, ADA, &school, DORA, "member");
        assert_eq!(names(&list(&person(app, DORA), TEAMS)), ["Kept"]);
    });
}

#[test]
fn somebody_is_in_a_hundred_teams_of_an_organization_at_most_and_can_leave_all_at_once() {
    let app = App::new(&SERVICE).sqlite();
    with_person(&app, ADA, "Ada");
    with_person(&app, DORA, "Dora");
    let school = organization(&app, ADA, "School");
    join(&app, ADA, &school, DORA, "member");
    for number in 0..100 {
        let id = group(&app, TEAMS, &school, &format!("Team {number}"));
        add(&app, ADA, &id, DORA, "member").expect(201);
    }
    let one_more = group(&app, TEAMS, &school, "One more");
    refused(add(&app, ADA, &one_more, DORA, "member"), 409, "TOO_MANY_TEAMS");
    person(&app, DORA).delete(&format!("{ORGANIZATIONS}/{school}/members/me")).send().expect(204);
    assert_eq!(told(&app, "TeamMemberRemoved").len(), 100);
}
