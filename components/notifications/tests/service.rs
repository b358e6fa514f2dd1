//! Notifications on SQLite and on PostgreSQL: the inbox, and mails that are sent once.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

#[path = "service/addresses.rs"]
mod addresses;
#[path = "service/learning.rs"]
mod learning;

use std::time::Duration;

use lyceum_kit::{clock::Timestamp, role::Role};
use lyceum_notifications::SERVICE;
use lyceum_testing::{App, Event, contract};
use serde_json::json;

const USER: &str = "01890000-0000-7000-8000-000000000001";
const REQUESTED: &str = "lyceum.notifications.DeliveryRequested.v1";
const SENT: &str = "lyceum.notifications.NotificationSent.v1";

fn user_created() -> Event {
    let data = json!({
        "user_id": USER,
        "email": "ada@example.org",
        "display_name": "Ada",
        "roles": ["student"],
        "created_at": "2026-01-01T00:00:00Z",
    });
    Event::new("lyceum.auth.UserCreated.v1", data).about("user", USER, 1)
}

/// Somebody has an account, and their mail is asked for: the event that asks.
fn welcomed(app: &App) -> Event {
    app.deliver(&user_created()).unwrap();
    app.events_of(REQUESTED).first().unwrap().to_deliver()
}

#[test]
fn an_account_delivered_twice_is_welcomed_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let event = user_created();
        app.deliver(&event).unwrap();
        app.deliver(&event).unwrap();
        assert_eq!(app.events_of(REQUESTED).len(), 1);
        let inbox = app.as_user(USER).get("/api/v1/notifications").send().expect(200).json();
        assert_eq!(inbox["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn who_was_taken_over_from_an_older_system_is_not_greeted() {
    App::new(&SERVICE).on_each_database(|app| {
        let data = json!({
            "user_id": USER, "email": "ada@example.org", "display_name": "Ada", "roles": ["reader"],
            "created_at": "2026-01-01T00:00:00Z", "imported": true,
        });
        app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", USER, 1)).unwrap();
        assert!(app.events_of(REQUESTED).is_empty());
        let inbox = app.as_user(USER).get("/api/v1/notifications").send().expect(200).json();
        assert_eq!(inbox["items"], json!([]));
    });
}

#[test]
fn who_waits_hears_of_a_message_once_and_only_if_it_is_there() {
    App::new(&SERVICE).on_each_database(|app| {
        let event = user_created();
        app.set_database_outage(true);
        app.deliver(&event).unwrap_err();
        assert!(app.announced().is_empty());
        app.set_database_outage(false);
        for _ in 0..2 {
            app.deliver(&event).unwrap();
        }
        let announced = app.announced();
        let [first] = announced.as_slice() else { panic!("{announced:?}") };
        assert_eq!(
            (first.channel.as_str(), first.event.as_str()),
            (&*format!("inbox/{USER}"), "message-arrived")
        );
        let inbox = app.as_user(USER).get("/api/v1/notifications").send().expect(200).json();
        assert_eq!(inbox["items"][0]["id"], first.data["id"]);
    });
}

#[test]
fn a_stream_is_of_the_callers_own_inbox() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = "/api/v1/notifications/stream";
        app.anonymous().get(path).send().expect(401);
        let held = app.as_user(USER).get(path).send().expect(200);
        let channel = format!("inbox/{USER}");
        assert_eq!(
            (held.header("grip-hold"), held.header("grip-channel")),
            (Some("stream"), Some(&*channel))
        );
        let poll = app.as_user(USER).get(path).header("prefer", "wait=5").send().expect(200);
        assert_eq!((poll.header("grip-hold"), poll.header("grip-timeout")), (Some("response"), Some("5")));
    });
}

#[test]
fn a_mail_that_is_asked_for_twice_is_sent_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let requested = welcomed(app);
        app.deliver(&requested).unwrap();
        app.deliver(&requested).unwrap();
        let mails = app.mails();
        let [mail] = mails.as_slice() else { panic!("{mails:?}") };
        assert_eq!(mail.to, "ada@example.org");
        assert!(mail.text.contains("Ada"), "{}", mail.text);
        assert_eq!(app.events_of(SENT).len(), 1);
    });
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    contract::assert_fits(&SERVICE);
}

#[test]
fn an_erased_person_has_no_messages_and_gets_no_mail_that_was_asked_for() {
    App::new(&SERVICE).on_each_database(|app| {
        let requested = welcomed(app);
        let data = json!({
            "erasure_id": "01890000-0000-7000-8000-0000000000ee",
            "user_id": USER,
            "requested_at": "2026-01-01T00:00:00Z",
        });
        let erasure = Event::new("lyceum.users.ErasureRequested.v1", data).about("user", USER, 2);
        app.deliver(&erasure).unwrap();
        app.deliver(&erasure).unwrap();
        app.deliver(&requested).unwrap();
        app.deliver(&user_created()).unwrap();
        assert!(app.mails().is_empty());
        let inbox = app.as_user(USER).get("/api/v1/notifications").send().expect(200).json();
        assert_eq!(inbox["items"], json!([]));
        let deliveries = app.as_role(Role::Admin).get("/api/v1/notifications/deliveries").send().expect(200);
        assert_eq!(deliveries.json()["items"], json!([]));
        let [answered] = &app.events_of("lyceum.platform.ErasureAnswered.v1")[..] else {
            panic!("one answer")
        };
        assert_eq!(answered.data["service"], "notifications");
    });
}

#[test]
fn an_outage_of_the_mail_server_is_counted_and_waits() {
    App::new(&SERVICE).on_each_database(|app| {
        let requested = welcomed(app);
        app.set_mail_outage(Some("greylisted"));
        for attempts in 1..=2 {
            let reason = app.deliver(&requested).unwrap_err();
            assert!(reason.starts_with("unavailable: "), "{reason}");
            let list = app.as_role(Role::Admin).get("/api/v1/notifications/deliveries").send().expect(200);
            let delivery = &list.json()["items"][0];
            assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("pending"), &json!(attempts)));
        }
        app.set_mail_outage(None);
        app.deliver(&requested).unwrap();
        assert_eq!((app.mails().len(), app.events_of(SENT).len()), (1, 1));
    });
}

#[test]
fn a_mail_that_could_not_be_sent_for_days_is_marked_as_failed() {
    App::new(&SERVICE).on_each_database(|app| {
        let begun: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        app.stop_clock(begun);
        let requested = welcomed(app);
        app.set_mail_outage(Some("greylisted"));
        app.deliver(&requested).unwrap_err();
        app.stop_clock(begun.plus(Duration::from_hours(6 * 24)));
        app.deliver(&requested).unwrap();
        let failed = "/api/v1/notifications/deliveries?status=failed";
        let list = app.as_role(Role::Admin).get(failed).send().expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert!(app.mails().is_empty());
    });
}

#[test]
fn what_is_read_stays_read_and_belongs_to_its_owner() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        let owner = app.as_user(USER);
        let inbox = owner.get("/api/v1/notifications").send().expect(200).json();
        let path = format!("/api/v1/notifications/{}", inbox["items"][0]["id"].as_str().unwrap());
        app.as_role(Role::Admin).get(&path).send().expect(404);
        owner.put(&format!("{path}/read")).send().expect(204);
        owner.put(&format!("{path}/read")).send().expect(204);
        let count = owner.get("/api/v1/notifications/unread-count").send().expect(200).json();
        assert_eq!(count, json!({ "unread": 0 }));
    });
}

#[test]
fn every_list_is_found_by_an_index() {
    App::new(&SERVICE).on_each_database(|app| {
        let requested = welcomed(app);
        app.deliver(&requested).unwrap();
        for path in [
            "/api/v1/notifications",
            "/api/v1/notifications?unread=true",
            "/api/v1/notifications/unread-count",
        ] {
            app.as_user(USER).get(path).send().expect(200);
        }
        for path in ["/api/v1/notifications/deliveries", "/api/v1/notifications/deliveries?status=sent"] {
            app.as_role(Role::Admin).get(path).send().expect(200);
        }
        assert!(app.explain().statements().len() > 4);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_lendings_tell_is_in_the_inbox_once_and_no_mail_goes_to_who_has_no_address() {
    App::new(&SERVICE).on_each_database(|app| {
        let of = |kind: &str, more: &[(&str, serde_json::Value)]| {
            let id = "01890000-0000-7000-8000-000000000002";
            let mut data = json!({ "book_id": id, "reader_id": id, "user_id": USER, "title": "Emma" });
            for (member, value) in more {
                data[*member] = value.clone();
            }
            Event::new(&format!("lyceum.lendings.{kind}.v1"), data).about("lending", id, 1)
        };
        let id = json!("01890000-0000-7000-8000-000000000003");
        let lending =
            [("lending_id", id.clone()), ("number", json!("2026/7")), ("due_on", json!("2026-01-20"))];
        let soon = [&lending[..], &[("days_left", json!(2))]].concat();
        let late = [&lending[..], &[("days_overdue", json!(1)), ("title", json!(null))]].concat();
        let ready = [
            ("hold_id", id.clone()),
            ("item_id", id),
            ("ready_at", json!("2026-01-18T00:00:00Z")),
            ("pickup_until", json!("2026-01-25")),
        ];
        let delayed = [("delayed_at", json!("2026-01-19T00:00:00Z"))];
        let delayed = [&ready[..2], &delayed[..]].concat();
        let events = [
            of("LendingDueSoon", &soon),
            of("LendingOverdue", &late),
            of("HoldReady", &ready),
            of("HoldDelayed", &delayed),
        ];
        for event in events {
            for _ in 0..2 {
                app.deliver(&event).unwrap();
            }
        }
        let inbox = app.as_user(USER).get("/api/v1/notifications").send().expect(200).json();
        let kinds: std::collections::BTreeMap<&str, &str> = inbox["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| (message["kind"].as_str().unwrap(), message["content"].as_str().unwrap()))
            .collect();
        assert_eq!((kinds.len(), inbox["items"].as_array().unwrap().len()), (4, 4));
        assert_eq!(
            kinds["loan_due_soon"],
            "\u{201c}Emma\u{201d} is to be back by 2026-01-20 (lending 2026/7)."
        );
        assert!(kinds["loan_overdue"].starts_with("A book that you borrowed was to be back by 2026-01-20"));
        assert!(kinds["hold_ready"].ends_with("is kept for you until 2026-01-25."));
        assert!(kinds["hold_delayed"].contains("You are the first to get the next copy."));
        assert_eq!((app.announced().len(), app.events().len()), (4, 0));
    });
}

fn overdue(sequence: u64) -> Event {
    let id = "01890000-0000-7000-8000-000000000002";
    let data = json!({
        "lending_id": id, "number": "2026/7", "book_id": id, "reader_id": id, "user_id": USER, "title": "Emma",
        "due_on": "2026-01-20", "days_overdue": sequence,
    });
    Event::new("lyceum.lendings.LendingOverdue.v1", data).about("lending", id, sequence)
}

const PREFERENCES: &str = "/api/v1/notifications/preferences";

#[test]
fn people_choose_how_they_hear_of_what() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        let owner = app.as_user(USER);
        let messages = || owner.get("/api/v1/notifications").send().json()["items"].as_array().unwrap().len();
        let heard = || (messages(), app.events_of(REQUESTED).len());
        app.deliver(&overdue(1)).unwrap();
        assert_eq!(heard(), (2, 2), "without a choice by every way");
        let before = owner.get(PREFERENCES).send().expect(200);
        let only = |channels: serde_json::Value| {
            json!({ "items": [{ "notification_type": "loan_overdue", "channels": channels }] })
        };
        let chosen = owner.put(PREFERENCES).json(&only(json!(["email"]))).if_match(before.tag()).send().expect(200);
        assert_eq!(owner.get(PREFERENCES).send().json(), chosen.json());
        app.deliver(&overdue(2)).unwrap();
        assert_eq!(heard(), (2, 3), "by mail alone");
        owner.put(PREFERENCES).json(&only(json!(["in_app"]))).send().expect(200);
        app.deliver(&overdue(3)).unwrap();
        assert_eq!(heard(), (3, 3), "in the inbox alone");
        let off = owner.put(PREFERENCES).json(&only(json!([]))).send().expect(200).json();
        assert_eq!(off["items"][1], json!({ "notification_type": "loan_overdue", "enabled": false, "channels": [] }));
        app.deliver(&overdue(4)).unwrap();
        assert_eq!(heard(), (3, 3), "not at all");
        owner.put(PREFERENCES).json(&only(json!(["email"]))).if_match(before.tag()).send().expect(412);
        for (wrong, code) in [("welcome", "NOT_A_CHOICE"), ("gossip", "/items/0/notification_type")] {
            let body = json!({ "items": [{ "notification_type": wrong }] });
            let refused = owner.put(PREFERENCES).json(&body).send().expect(422);
            assert!(refused.json().to_string().contains(code), "{}", refused.json());
        }
        app.anonymous().get(PREFERENCES).send().expect(401);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_reminder_goes_to_the_address_of_the_account() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        app.deliver(&overdue(1)).unwrap();
        let requested = app.events_of(REQUESTED).pop().unwrap().to_deliver();
        app.deliver(&requested).unwrap();
        let mails = app.mails();
        let [mail] = mails.as_slice() else { panic!("{mails:?}") };
        assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("ada@example.org", "A book is overdue"));
        assert_eq!(app.events_of(SENT).pop().unwrap().data["kind"], "loan_overdue");
    });
}

#[test]
fn a_message_is_deleted_by_its_owner_alone() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        let owner = app.as_user(USER);
        let inbox = owner.get("/api/v1/notifications").send().expect(200).json();
        let path = format!("/api/v1/notifications/{}", inbox["items"][0]["id"].as_str().unwrap());
        app.as_role(Role::Admin).delete(&path).send().expect(404);
        owner.delete(&path).if_match("\"9\"").send().expect(412);
        owner.delete(&path).send().expect(204);
        owner.get(&path).send().expect(404);
        owner.delete(&path).send().expect(404);
    });
}
