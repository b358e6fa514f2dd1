//! What becomes of all that is in an organisation when it is deleted.

use lyceum_testing::Crash;

use super::*;

#[test]
fn an_organization_is_deleted_by_administrators_alone_with_its_teams_and_cohorts() {
    on_each(|app| {
        let school = school(app);
        let path = format!("{ORGANIZATIONS}/{school}");
        let (choir, class) = (group(app, TEAMS, &school, "Choir"), group(app, COHORTS, &school, "Class"));
        let body = json!({ "user_id": user_id(DORA) });
        for members in [format!("{TEAMS}/{choir}/members"), format!("{COHORTS}/{class}/members")] {
            person(app, ADA).post(&members).json(&body).send().expect(201);
        }
        let admin = app.as_role(Role::Admin);
        app.anonymous().delete(&path).send().expect(401);
        person(app, ADA).delete(&path).send().expect(403);
        admin.delete(&path).if_match("\"9\"").send().expect(412);
        admin.delete(&path).key("k").send().expect(204);
        admin.delete(&path).key("k").send().expect(204);
        admin.delete(&path).send().expect(404);
        for gone in [path.clone(), format!("{TEAMS}/{choir}"), format!("{COHORTS}/{class}")] {
            person(app, ADA).get(&gone).send().expect(404);
            admin.get(&gone).send().expect(404);
        }
        for of in [ORGANIZATIONS, TEAMS, COHORTS] {
            assert_eq!(names(&list(&admin, of)), [""; 0], "{of}");
            assert_eq!(names(&list(&person(app, DORA), of)), [""; 0], "{of}");
        }
        assert_eq!(names(&list(&person(app, DORA), "/api/v1/users/me/memberships")), [""; 0]);
        for kind in ["OrganizationDeleted", "TeamDeleted", "CohortDeleted"] {
            assert_eq!(told(app, kind).len(), 1, "{kind}");
        }
        assert!(told(app, "OrganizationMemberRemoved").is_empty());
        // Its slug is free.
        organization(app, ADA, "School");
        assert_eq!(names(&list(&admin, &format!("{ORGANIZATIONS}?slug=school"))), ["School"]);
    });
}

#[test]
fn a_large_organization_is_gone_at_once_and_ends_in_steps_by_the_tick() {
    let app = App::new(&SERVICE).sqlite();
    with_person(&app, ADA, "Ada");
    let school = organization(&app, ADA, "School");
    for number in 0..500 {
        group(&app, TEAMS, &school, &format!("Team {number}"));
    }
    app.as_role(Role::Admin).delete(&format!("{ORGANIZATIONS}/{school}")).send().expect(204);
    let at_once = told(&app, "TeamDeleted").len();
    assert!((1..500).contains(&at_once), "{at_once} end at once");
    person(&app, ADA).get(&format!("{ORGANIZATIONS}/{school}")).send().expect(404);
    assert_eq!(names(&list(&person(&app, ADA), "/api/v1/users/me/memberships")), [""; 0]);
    app.tick("minute").unwrap();
    assert_eq!(told(&app, "TeamDeleted").len(), 500);
    app.tick("minute").unwrap();
    assert_eq!(told(&app, "OrganizationDeleted").len(), 1);
    assert_eq!(names(&list(&app.as_role(Role::Admin), TEAMS)), [""; 0]);
}

#[test]
fn what_dies_while_an_organization_ends_is_done_by_the_tick_and_told_once() {
    for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
        for step in 1..5 {
            on_each(|app| {
                let school = school(app);
                group(app, TEAMS, &school, "Choir");
                group(app, COHORTS, &school, "Class");
                app.pass_commits(step);
                app.fail_next_commit(crash);
                app.as_role(Role::Admin).delete(&format!("{ORGANIZATIONS}/{school}")).send().expect(204);
                while app.tick("minute").is_err() {}
                for kind in ["OrganizationDeleted", "TeamDeleted", "CohortDeleted"] {
                    assert_eq!(told(app, kind).len(), 1, "{kind}, {crash:?} at {step}");
                }
                app.tick("minute").unwrap();
            });
        }
    }
}
