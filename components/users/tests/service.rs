//! Users on SQLite and on PostgreSQL: its list, its changes, and the events that it hears.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use lyceum_kit::role::Role;
use lyceum_testing::{Answer, App, Crash, Event, contract};
use lyceum_users::SERVICE;
use serde_json::{Value, json};

const CREATED: &str = "lyceum.auth.UserCreated.v1";

fn user_id(number: u32) -> String {
    format!("01890000-0000-7000-8000-{number:012x}")
}

/// Auth says that this person has an account.
fn user_created(number: u32, name: &str, role: &str) -> Event {
    let data = json!({
        "user_id": user_id(number),
        "email": format!("{}@example.org", name.to_lowercase()),
        "display_name": name,
        "roles": [role],
        "created_at": "2026-01-01T00:00:00Z",
    });
    Event::new(CREATED, data).about("user", &user_id(number), 1)
}

fn roles_changed(number: u32, role: &str) -> Event {
    let data = json!({ "user_id": user_id(number), "roles": [role], "changed_at": "2026-01-02T00:00:00Z" });
    Event::new("lyceum.auth.RolesChanged.v1", data).about("user", &user_id(number), 2)
}

/// Ada, who is an admin, then Ben, Cleo and Dora, who are students.
fn with_people(app: &App) {
    for (number, name, role) in
        [(1, "Ada", "admin"), (2, "Ben", "student"), (3, "Cleo", "student"), (4, "Dora", "student")]
    {
        app.deliver(&user_created(number, name, role)).unwrap();
    }
}

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["display_name"].as_str().unwrap()).collect()
}

fn list(app: &App, query: &str) -> Value {
    app.as_role(Role::Admin).get(&format!("/api/v1/users{query}")).send().expect(200).json()
}

fn set_status(app: &App, number: u32, status: &str, key: &str) -> Answer {
    let call = app.as_role(Role::Admin).put(&format!("/api/v1/users/{}/status", user_id(number)));
    call.json(&json!({ "status": status })).if_match("*").key(key).send()
}

#[test]
fn a_status_is_set_although_somebody_else_changes_the_person_at_that_moment() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        app.commit_first("UPDATE profiles SET version = version + 1");
        set_status(app, 3, "suspended", "k1").expect(200);
        assert_eq!(names(&list(app, "?status=suspended")), ["Cleo"]);
    });
}

#[test]
fn a_status_is_set_of_the_state_that_was_read() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        let path = format!("/api/v1/users/{}", user_id(3));
        let admin = app.as_role(Role::Admin);
        let read = admin.get(&path).send().expect(200).tag().to_owned();
        let set = |status: &str| admin.put(&format!("{path}/status")).json(&json!({ "status": status }));
        set("inactive").send().expect(428);
        set("suspended").if_match(&read).send().expect(200);
        // Nobody lets in who was shut out a moment ago without knowing it, also not if that happens at this moment.
        set("active").if_match(&read).send().expect(412);
        let read = admin.get(&path).send().expect(200).tag().to_owned();
        app.commit_first("UPDATE profiles SET version = version + 1");
        set("active").if_match(&read).send().expect(412);
        assert_eq!(names(&list(app, "?status=suspended")), ["Cleo"]);
        assert_eq!(app.events_of("lyceum.users.StatusChanged.v1").len(), 1);
    });
}

#[test]
fn who_was_disabled_in_an_older_system_is_inactive_here() {
    App::new(&SERVICE).on_each_database(|app| {
        let data = json!({
            "user_id": user_id(1), "email": "ada@example.org", "display_name": "Ada", "roles": ["reader"],
            "created_at": "2026-01-01T00:00:00Z", "imported": true, "status": "inactive",
        });
        app.deliver(&Event::new(CREATED, data).about("user", &user_id(1), 1)).unwrap();
        assert_eq!(names(&list(app, "?status=inactive")), ["Ada"]);
    });
}

#[test]
fn the_list_is_by_name_and_holds_what_the_filters_say() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        set_status(app, 3, "suspended", "k1").expect(200);
        assert_eq!(names(&list(app, "")), ["Ada", "Ben", "Cleo", "Dora"]);
        assert_eq!(names(&list(app, "?role=student")), ["Ben", "Cleo", "Dora"]);
        assert_eq!(names(&list(app, "?status=suspended")), ["Cleo"]);
        assert_eq!(names(&list(app, "?role=student&status=active")), ["Ben", "Dora"]);
        assert_eq!(names(&list(app, "?q=b")), ["Ben"]);
        assert_eq!(names(&list(app, "?q=DORA@")), ["Dora"]);
        assert_eq!(names(&list(app, "?q=x")), [""; 0]);
    });
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        let mut seen = Vec::new();
        let mut query = "?limit=1".to_owned();
        loop {
            let page = list(app, &query);
            seen.extend(names(&page).into_iter().map(ToOwned::to_owned));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            query = format!("?limit=1&cursor={cursor}");
        }
        assert_eq!(seen, ["Ada", "Ben", "Cleo", "Dora"]);
        let forged = app.as_role(Role::Admin).get("/api/v1/users?cursor=bm9uZQ").send().expect(400);
        assert_eq!(forged.problem().pointers(), ["/query/cursor"]);
    });
}

#[test]
fn only_administrators_see_the_list() {
    let app = App::new(&SERVICE).sqlite();
    app.anonymous().get("/api/v1/users").send().expect(401);
    app.as_role(Role::Student).get("/api/v1/users").send().expect(403);
    app.as_service("auth").get("/api/v1/users").send().expect(401);
}

#[test]
fn an_account_delivered_twice_makes_one_profile_and_one_event() {
    App::new(&SERVICE).on_each_database(|app| {
        let event = user_created(1, "Ada", "admin");
        app.deliver(&event).unwrap();
        app.deliver(&event).unwrap();
        let published = app.events();
        let [created] = published.as_slice() else { panic!("{published:?}") };
        assert_eq!(created.kind, "lyceum.users.ProfileCreated.v1");
        assert_eq!((created.aggregate_id.as_str(), created.sequence), (user_id(1).as_str(), 1));
        assert_eq!(created.causation_id.as_deref(), Some(event.id()));
        assert_eq!(names(&list(app, "")), ["Ada"]);
    });
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    contract::assert_fits(&SERVICE);
}

/// As in installations that had it as a projection: the reaction, which is new there, begins at the beginning.
#[test]
fn an_account_that_comes_again_by_another_consumer_changes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let created = user_created(1, "Ada", "admin");
        app.deliver(&created.clone().to("users/projection")).unwrap();
        app.deliver(&roles_changed(1, "librarian").to("users/projection")).unwrap();
        app.deliver(&created.to("users/reaction")).unwrap();
        assert_eq!(app.events_of("lyceum.users.ProfileCreated.v1").len(), 1);
        assert_eq!(names(&list(app, "?role=librarian")), ["Ada"]);
    });
}

#[test]
fn older_roles_that_come_late_or_twice_change_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        app.deliver(&user_created(2, "Ben", "student")).unwrap();
        let newer = roles_changed(2, "librarian").about("user", &user_id(2), 5);
        app.deliver(&newer).unwrap();
        let tag =
            || app.as_role(Role::Admin).get(&format!("/api/v1/users/{}", user_id(2))).send().tag().to_owned();
        let before = tag();
        app.deliver(&roles_changed(2, "instructor").about("user", &user_id(2), 4)).unwrap();
        app.deliver(&newer).unwrap();
        assert_eq!(tag(), before);
        assert_eq!(names(&list(app, "?role=librarian")), ["Ben"]);
        assert_eq!(names(&list(app, "?role=instructor")), [""; 0]);
    });
}

fn address_changed(number: u32, email: &str, sequence: u64) -> Event {
    let data = json!({
        "user_id": user_id(number), "email": email, "version": sequence, "changed_at": "2026-01-02T00:00:00Z",
    });
    Event::new("lyceum.auth.AddressChanged.v1", data).about("user", &user_id(number), sequence)
}

fn shown(app: &App, number: u32) -> (String, String) {
    let answer =
        app.as_role(Role::Admin).get(&format!("/api/v1/users/{}", user_id(number))).send().expect(200);
    (answer.json()["email"].as_str().unwrap().to_owned(), answer.tag().to_owned())
}

#[test]
fn a_person_is_shown_with_the_address_that_they_changed_and_found_by_it_alone() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        let before = shown(app, 2).1;
        let moved = address_changed(2, "Reis@example.org", 3);
        app.deliver(&moved).unwrap();
        let (email, tag) = shown(app, 2);
        assert_eq!(email, "Reis@example.org");
        assert_ne!(tag, before);
        for (query, expected) in [("?q=reis@", vec!["Ben"]), ("?q=ben@", vec![]), ("?q=ben", vec!["Ben"])] {
            assert_eq!(names(&list(app, query)), expected, "{query}");
        }
        // Twice, and an earlier one that comes late.
        app.deliver(&moved).unwrap();
        app.deliver(&address_changed(2, "earlier@example.org", 2)).unwrap();
        assert_eq!(shown(app, 2), (email, tag));
    });
}

#[test]
fn roles_and_address_count_in_whatever_order_they_come() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        app.deliver(&address_changed(2, "reis@example.org", 3)).unwrap();
        app.deliver(&roles_changed(2, "librarian")).unwrap();
        assert_eq!(shown(app, 2).0, "reis@example.org");
        assert_eq!(names(&list(app, "?role=librarian")), ["Ben"]);
    });
}

#[test]
fn an_address_waits_for_its_profile_and_for_who_changes_that_at_the_moment() {
    App::new(&SERVICE).on_each_database(|app| {
        let moved = address_changed(1, "byron@example.org", 2);
        let reason = app.deliver(&moved).unwrap_err();
        assert!(reason.starts_with("not-yet: "), "{reason}");
        with_people(app);
        app.commit_first("UPDATE profiles SET version = version + 1");
        let reason = app.deliver(&moved).unwrap_err();
        assert!(reason.starts_with("not-yet: "), "{reason}");
        app.deliver(&moved).unwrap();
        assert_eq!(names(&list(app, "?q=byron@")), ["Ada"]);
    });
}

fn erasure_requested(number: u32) -> Event {
    let data = json!({
        "erasure_id": "01890000-0000-7000-8000-0000000000ee",
        "user_id": user_id(number),
        "requested_at": "2026-01-03T00:00:00Z",
    });
    Event::new("lyceum.users.ErasureRequested.v1", data).about("user", &user_id(number), 2)
}

#[test]
fn nothing_of_an_erased_person_is_found_and_no_late_event_brings_them_back() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        let erasure = erasure_requested(2);
        app.deliver(&erasure).unwrap();
        app.deliver(&erasure).unwrap();
        app.deliver(&user_created(2, "Ben", "student")).unwrap();
        app.deliver(&roles_changed(2, "librarian")).unwrap();
        app.deliver(&address_changed(2, "reis@example.org", 3)).unwrap();
        app.as_role(Role::Admin).get(&format!("/api/v1/users/{}", user_id(2))).send().expect(404);
        for query in ["", "?q=ben", "?role=student", "?role=librarian"] {
            assert!(!names(&list(app, query)).contains(&"Ben"), "{query}");
        }
        assert_eq!(names(&list(app, "")), ["Ada", "Cleo", "Dora"]);
        let [answered] = &app.events_of("lyceum.platform.ErasureAnswered.v1")[..] else {
            panic!("one answer")
        };
        assert_eq!(
            (&answered.data["service"], &answered.data["user_id"]),
            (&json!("users"), &json!(user_id(2)))
        );
        assert_eq!(answered.causation_id.as_deref(), Some(erasure.id()));
    });
}

#[test]
fn roles_that_come_before_their_account_are_delivered_again_and_then_count() {
    App::new(&SERVICE).on_each_database(|app| {
        let roles = roles_changed(2, "librarian");
        let reason = app.deliver(&roles).unwrap_err();
        assert!(reason.starts_with("not-yet: "), "{reason}");
        assert!(app.events().is_empty());
        app.deliver(&user_created(2, "Ben", "student")).unwrap();
        app.deliver(&roles).unwrap();
        assert_eq!(names(&list(app, "?role=librarian")), ["Ben"]);
        assert_eq!(names(&list(app, "?role=student")), [""; 0]);
    });
}

#[test]
fn an_outage_of_the_database_is_told_from_a_failure() {
    let app = App::new(&SERVICE).sqlite();
    app.set_database_outage(true);
    let reason = app.deliver(&user_created(1, "Ada", "admin")).unwrap_err();
    assert!(reason.starts_with("unavailable: "), "{reason}");
    assert_eq!(app.as_role(Role::Admin).get("/api/v1/users").send().status(), 503);
    app.set_database_outage(false);
    app.deliver(&user_created(1, "Ada", "admin")).unwrap();
}

#[test]
fn an_event_whose_data_cannot_be_read_names_its_kind() {
    let app = App::new(&SERVICE).sqlite();
    let reason = app.deliver(&Event::malformed(CREATED, json!({ "user_id": 7 }))).unwrap_err();
    assert!(reason.contains(CREATED), "{reason}");
}

#[test]
fn of_two_changes_of_one_version_the_second_is_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        let ben = app.as_user(&user_id(2)).with_role(Role::Student);
        let tag = ben.get("/api/v1/users/me/profile").send().expect(200).tag().to_owned();
        let change = |name: &str| {
            let patch = ben.patch("/api/v1/users/me/profile").if_match(&tag);
            patch.json(&json!({ "display_name": name })).send()
        };
        assert_eq!(change("Benno").expect(200).json()["display_name"], "Benno");
        assert_eq!(change("Benny").expect(412).problem().status, 412);
        assert_eq!(app.events_of("lyceum.users.ProfileUpdated.v1").len(), 1);
        assert_eq!(names(&list(app, "?q=benno")), ["Benno"]);
    });
}

#[test]
fn the_same_key_changes_a_status_once_and_gets_the_first_answer() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        let first = set_status(app, 2, "suspended", "k1").expect(200);
        let again = set_status(app, 2, "suspended", "k1").expect(200);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!((again.body(), again.tag()), (first.body(), first.tag()));
        assert_eq!(app.events_of("lyceum.users.StatusChanged.v1").len(), 1);
        assert_eq!(
            set_status(app, 2, "active", "k1").expect(422).problem().error_code,
            "IDEMPOTENCY_KEY_REUSED"
        );
    });
}

#[test]
fn a_commit_whose_outcome_is_unknown_happens_once() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        for (number, crash) in [(2, Crash::BeforeCommit), (3, Crash::AfterCommit)] {
            app.fail_next_commit(crash);
            set_status(app, number, "suspended", &format!("k{number}")).expect(200);
        }
        assert_eq!(app.events_of("lyceum.users.StatusChanged.v1").len(), 2);
        // Both attempts fail after the commit: what is remembered under the key is the answer, now and later.
        app.fail_next_commit(Crash::AfterCommit);
        app.fail_next_commit(Crash::AfterCommit);
        set_status(app, 4, "suspended", "k4").expect(200);
        set_status(app, 4, "suspended", "k4").expect(200);
        assert_eq!(app.events_of("lyceum.users.StatusChanged.v1").len(), 3);
    });
}

#[test]
fn what_is_found_by_id_is_found_by_an_index() {
    App::new(&SERVICE).on_each_database(|app| {
        with_people(app);
        let admin = app.as_role(Role::Admin);
        admin.get(&format!("/api/v1/users/{}", user_id(2))).send().expect(200);
        admin.get("/healthz").send().expect(204);
        set_status(app, 2, "inactive", "k1").expect(200);
        list(app, "");
        assert!(app.explain().statements().len() > 1);
        app.explain().assert_indexed(&[]);
    });
}
