//! Files on SQLite and on PostgreSQL, with their content in a real container.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::time::Duration;

use lyceum_files::SERVICE;
use lyceum_kit::{clock::Timestamp, role::Role};
use lyceum_testing::{Answer, App, As, Event, contract};
use serde_json::json;

const OWNER: &str = "01890000-0000-7000-8000-000000000001";

fn configured(app: &App) -> As<'_> {
    for (name, value) in [("max_file_size", "1000"), ("quota", "1500"), ("allowed_types", "txt")] {
        app.configure(name, value);
    }
    app.as_user(OWNER).with_role(Role::Student)
}

fn announce(owner: &As<'_>, size: usize, key: &str) -> Answer {
    let file = json!({ "original_filename": "notes.txt", "file_size": size });
    owner.post("/api/v1/files").json(&file).key(key).send()
}

/// A file with this content: its path.
fn upload(owner: &As<'_>, content: &'static str, key: &str) -> String {
    let path = announce(owner, content.len(), key).expect(201).header("location").unwrap().to_owned();
    owner.put(&format!("{path}/content")).body("text/plain", content).send().expect(200);
    path
}

#[test]
fn what_was_uploaded_is_read_whole_and_by_ranges() {
    App::new(&SERVICE).on_each_database(|app| {
        let owner = configured(app);
        let path = upload(&owner, "hello world", "k1");
        let content = format!("{path}/content");
        assert_eq!(owner.get(&content).send().expect(200).text(), "hello world");
        assert_eq!(owner.get(&content).header("range", "bytes=6-").send().expect(206).text(), "world");
        app.as_user("01890000-0000-7000-8000-000000000002").get(&content).send().expect(404);
        assert_eq!(app.events_of("lyceum.files.FileUploaded.v1").len(), 1);
    });
}

#[test]
fn the_same_announcement_again_is_one_file_and_counts_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let owner = configured(app);
        let first = announce(&owner, 1000, "k1").expect(201);
        assert_eq!(announce(&owner, 1000, "k1").expect(201).header("location"), first.header("location"));
        announce(&owner, 1000, "k2").expect(409);
        announce(&owner, 500, "k3").expect(201);
    });
}

#[test]
fn content_of_another_size_is_refused_and_nothing_is_left() {
    App::new(&SERVICE).on_each_database(|app| {
        let owner = configured(app);
        let path = announce(&owner, 5, "k1").expect(201).header("location").unwrap().to_owned();
        let content = format!("{path}/content");
        let refused = owner.put(&content).body("text/plain", "four").send().expect(422);
        assert_eq!(refused.problem().error_code, "SIZE_MISMATCH");
        owner.put(&content).body("text/plain", "fiver").send().expect(200);
    });
}

#[test]
fn a_deleted_file_is_gone_and_its_event_may_come_twice() {
    App::new(&SERVICE).on_each_database(|app| {
        let owner = configured(app);
        let path = upload(&owner, "hello world", "k1");
        let tag = owner.get(&path).send().expect(200).tag().to_owned();
        owner.delete(&path).if_match(&tag).send().expect(204);
        owner.get(&path).send().expect(404);
        let deleted = app.events_of("lyceum.files.FileDeleted.v1").first().unwrap().to_deliver();
        app.deliver(&deleted).unwrap();
        app.deliver(&deleted).unwrap();
        upload(&owner, "hello again", "k2");
    });
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    contract::assert_fits(&SERVICE);
}

#[test]
fn all_files_of_an_erased_person_are_deleted_and_nobody_elses() {
    App::new(&SERVICE).on_each_database(|app| {
        let owner = configured(app);
        let path = upload(&owner, "hello world", "k1");
        let announced = announce(&owner, 5, "k2").expect(201).header("location").unwrap().to_owned();
        let other = app.as_user("01890000-0000-7000-8000-000000000002").with_role(Role::Student);
        let others = upload(&other, "mine", "k3");
        let data = json!({
            "erasure_id": "01890000-0000-7000-8000-0000000000ee",
            "user_id": OWNER,
            "requested_at": "2026-01-01T00:00:00Z",
        });
        let erasure = Event::new("lyceum.users.ErasureRequested.v1", data).about("user", OWNER, 2);
        app.deliver(&erasure).unwrap();
        app.deliver(&erasure).unwrap();
        for path in [&path, &announced] {
            app.as_role(Role::Admin).get(path).send().expect(404);
        }
        other.get(&format!("{others}/content")).send().expect(200);
        let deleted = app.events_of("lyceum.files.FileDeleted.v1");
        assert_eq!(deleted.len(), 2);
        // That event may come later: there is nothing left to remove.
        for event in &deleted {
            app.deliver(&event.to_deliver()).unwrap();
        }
        let [answered] = &app.events_of("lyceum.platform.ErasureAnswered.v1")[..] else {
            panic!("one answer")
        };
        assert_eq!((&answered.data["service"], &answered.data["user_id"]), (&json!("files"), &json!(OWNER)));
        // Nothing comes after it, though a token may be good for a moment.
        announce(&owner, 5, "k4").expect(409);
    });
}

#[test]
fn an_upload_that_takes_more_than_a_day_is_given_up_by_a_tick() {
    App::new(&SERVICE).on_each_database(|app| {
        let begun: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        app.stop_clock(begun);
        let owner = configured(app);
        let path = announce(&owner, 1000, "k1").expect(201).header("location").unwrap().to_owned();
        app.tick("minute").unwrap();
        owner.get(&path).send().expect(200);
        app.stop_clock(begun.plus(Duration::from_hours(25)));
        app.tick("minute").unwrap();
        app.tick("minute").unwrap();
        owner.get(&path).send().expect(404);
        // What it had reserved is free again.
        announce(&owner, 1000, "k2").expect(201);
    });
}
