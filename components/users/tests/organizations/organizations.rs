//! Organisations: made, listed, shown and changed.

use super::*;

#[test]
fn whoever_makes_an_organization_owns_it_and_it_is_told_once() {
    on_each(|app| {
        app.anonymous().post(ORGANIZATIONS).json(&json!({ "name": "School" })).send().expect(401);
        let body = json!({
            "name": "  École  des Arts ", "description": "Since 1794.", "logo_url": "https://example.org/logo.png",
            "website": "https://example.org", "location": "Lyon",
        });
        let make = || person(app, ADA).post(ORGANIZATIONS).json(&body).key("k").send().expect(201);
        let answer = make();
        let id = id_of(&answer);
        assert_eq!(answer.header("location"), Some(format!("{ORGANIZATIONS}/{id}").as_str()));
        let shown = answer.json();
        assert_eq!((&shown["name"], &shown["slug"]), (&json!("École des Arts"), &json!("ecole-des-arts")));
        assert_eq!((&shown["website"], &shown["location"]), (&json!("https://example.org"), &json!("Lyon")));
        assert_eq!(make().json(), shown);
        let own = person(app, ADA).get(&format!("{ORGANIZATIONS}/{id}/members/me")).send().expect(200).json();
        assert_eq!((&own["role"], &own["display_name"]), (&json!("owner"), &json!("Ada")));
        let created = told(app, "OrganizationCreated");
        let [created] = created.as_slice() else { panic!("{created:?}") };
        assert_eq!((&created["organization_id"], &created["slug"]), (&json!(id), &json!("ecole-des-arts")));
        assert_eq!(told(app, "OrganizationMemberAdded")[0]["role"], "owner");
    });
}

#[test]
fn what_is_wrong_with_an_organization_is_told_by_field() {
    on_each(|app| {
        let body = json!({ "name": "", "slug": "A B", "logo_url": "javascript:alert(1)", "website": "x" });
        let wrong = person(app, ADA).post(ORGANIZATIONS).json(&body).send().expect(422).problem();
        assert_eq!(wrong.pointers(), ["/name", "/slug", "/logo_url", "/website"]);
        let stranger = person(app, NOBODY).post(ORGANIZATIONS).json(&json!({ "name": "School" })).send();
        refused(stranger, 409, "NO_PROFILE");
        assert!(told(app, "OrganizationCreated").is_empty());
    });
}

#[test]
fn a_name_may_be_there_twice_and_a_slug_may_not() {
    on_each(|app| {
        let first = organization(app, ADA, "School");
        let second = organization(app, BEN, "School");
        let slug = |by: u32, id: &str| {
            let shown = person(app, by).get(&format!("{ORGANIZATIONS}/{id}")).send().expect(200).json();
            shown["slug"].as_str().unwrap().to_owned()
        };
        assert_eq!(slug(ADA, &first), "school");
        assert!(slug(BEN, &second).starts_with("school-"), "{}", slug(BEN, &second));
        let taken = json!({ "name": "Another", "slug": "school" });
        refused(person(app, CLEO).post(ORGANIZATIONS).json(&taken).send(), 409, "SLUG_TAKEN");
    });
}

#[test]
fn of_two_with_one_name_at_the_same_moment_the_second_gets_a_slug_of_its_own() {
    on_each(|app| {
        organization(app, ADA, "Choir");
        // Another one takes the slug after it was found to be free.
        app.commit_first("UPDATE organizations SET slug = 'school' WHERE slug = 'choir'");
        let second = organization(app, BEN, "School");
        let shown = person(app, BEN).get(&format!("{ORGANIZATIONS}/{second}")).send().expect(200).json();
        assert!(shown["slug"].as_str().unwrap().starts_with("school-"), "{shown}");
    });
}

#[test]
fn an_organization_is_listed_and_shown_to_those_in_it_and_to_administrators() {
    on_each(|app| {
        let (school, choir) = (school(app), organization(app, CLEO, "Choir"));
        let (dora, admin) = (person(app, DORA), app.as_role(Role::Admin));
        app.anonymous().get(ORGANIZATIONS).send().expect(401);
        assert_eq!(names(&list(&dora, ORGANIZATIONS)), ["School"]);
        assert_eq!(names(&list(&person(app, CLEO), ORGANIZATIONS)), ["Choir", "School"]);
        assert_eq!(names(&list(&admin, ORGANIZATIONS)), ["Choir", "School"]);
        assert_eq!(names(&list(&admin, &format!("{ORGANIZATIONS}?q=cho&sort=-created_at"))), ["Choir"]);
        assert_eq!(names(&list(&dora, &format!("{ORGANIZATIONS}?q=cho"))), [""; 0]);
        assert_eq!(names(&list(&dora, &format!("{ORGANIZATIONS}?slug=choir"))), [""; 0]);
        assert_eq!(names(&list(&admin, &format!("{ORGANIZATIONS}?slug=choir"))), ["Choir"]);
        let of = |number: u32| format!("{ORGANIZATIONS}?member={}", user_id(number));
        assert_eq!(names(&list(&dora, &of(DORA))), ["School"]);
        assert_eq!(names(&list(&admin, &of(CLEO))), ["Choir", "School"]);
        dora.get(&of(CLEO)).send().expect(403);
        assert_eq!(names(&list(&admin, &format!("{ORGANIZATIONS}?ownerless=true"))), [""; 0]);

        let path = |id: &str| format!("{ORGANIZATIONS}/{id}");
        app.anonymous().get(&path(&school)).send().expect(401);
        assert_eq!(dora.get(&path(&school)).send().expect(200).json()["name"], "School");
        dora.get(&path(&choir)).send().expect(404);
        admin.get(&path(&choir)).send().expect(200);
        app.as_role(Role::Instructor).get(&path(&choir)).send().expect(404);
        assert_eq!(dora.get("/api/v1/organizations/x").send().expect(400).problem().pointers(), ["/path/id"]);
    });
}

#[test]
fn pages_of_own_organizations_follow_each_other() {
    on_each(|app| {
        for name in ["A", "B", "C"] {
            organization(app, ADA, name);
            organization(app, BEN, name);
        }
        let (mut seen, mut query) = (Vec::new(), "?limit=1".to_owned());
        loop {
            let page = list(&person(app, ADA), &format!("{ORGANIZATIONS}{query}"));
            seen.extend(names(&page).into_iter().map(ToOwned::to_owned));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            query = format!("?limit=1&cursor={cursor}");
        }
        assert_eq!(seen, ["A", "B", "C"]);
    });
}

#[test]
fn owners_and_admins_say_what_an_organization_is_if_they_name_its_state() {
    on_each(|app| {
        let id = school(app);
        let path = format!("{ORGANIZATIONS}/{id}");
        let tag = person(app, DORA).get(&path).send().expect(200).tag().to_owned();
        let body = json!({ "name": "College", "website": "https://example.org" });
        let put = |by: u32, tag: &str| person(app, by).put(&path).if_match(tag).json(&body).send();
        person(app, ADA).put(&path).json(&body).send().expect(428);
        put(DORA, &tag).expect(403);
        put(CLEO, &tag).expect(403);
        put(NOBODY, &tag).expect(404);
        put(ADA, "\"9\"").expect(412);
        let changed = put(BEN, &tag).expect(200);
        assert_eq!((&changed.json()["name"], &changed.json()["slug"]), (&json!("College"), &json!("school")));
        put(ADA, &tag).expect(412);
        // What is the same is no change.
        assert_eq!(put(ADA, changed.tag()).expect(200).tag(), changed.tag());
        let updated = told(app, "OrganizationUpdated");
        assert_eq!((updated.len(), &updated[0]["name"]), (1, &json!("College")));
        organization(app, DORA, "Choir");
        let taken = json!({ "name": "College", "slug": "choir" });
        let answer = person(app, ADA).put(&path).if_match(changed.tag()).json(&taken).send();
        refused(answer, 409, "SLUG_TAKEN");
        assert_eq!(names(&list(&person(app, ADA), &format!("{ORGANIZATIONS}?q=college"))), ["College"]);
        assert_eq!(names(&list(&person(app, ADA), &format!("{ORGANIZATIONS}?q=school"))), [""; 0]);
    });
}
