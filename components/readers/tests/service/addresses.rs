//! What becomes of a reader's record, and of what is known of accounts, when auth says that somebody has another address.

use lyceum_kit::prelude::{from_row, params, query_optional, statement};

use super::*;

const CHANGED: &str = "lyceum.readers.ReaderChanged.v1";
const NEW: &str = "Byron@example.org";

fn moved(user_id: &str, email: &str, version: u64) -> Event {
    let data = json!({
        "user_id": user_id, "email": email, "version": version, "changed_at": "2026-01-02T00:00:00Z",
    });
    // Other events of auth's stand between.
    Event::new("lyceum.auth.AddressChanged.v1", data).about("user", user_id, version * 2)
}

/// As each of the two consumers gets it.
fn tell(app: &App, event: &Event) {
    for consumer in ["readers/projection", "readers/reaction"] {
        app.deliver(&event.clone().to(consumer)).unwrap();
    }
}

struct Account {
    user_id: String,
    address: Option<String>,
    auth_sequence: i64,
}
from_row!(Account { user_id, address, auth_sequence });

/// Whose account has which address, as far as readers know.
fn accounts(app: &App) -> Vec<(String, Option<String>, i64)> {
    let text = "SELECT user_id, address, auth_sequence FROM users_seen WHERE user_id = $1";
    let of = |user_id: &str| app.run(|| query_optional(statement(text, params![user_id]))).unwrap();
    let found = [ADA, BEN, CLEO].into_iter().filter_map(of);
    found.map(|Account { user_id, address, auth_sequence }| (user_id, address, auth_sequence)).collect()
}

#[test]
fn a_record_has_the_address_of_its_account_and_is_found_by_it_alone() {
    on_each(|app| {
        let path = added(app, &fields(ADA, "Ada"));
        tell(app, &moved(ADA, NEW, 3));
        let shown = librarian(app).get(&path).send().expect(200);
        assert_eq!((shown.json()["email"].as_str(), shown.tag()), (Some(NEW), "\"2\""));
        assert_eq!(names(app, "?email=byron@example.org"), ["Ada"]);
        assert!(names(app, "?email=ada@example.org").is_empty());
        let [event] = &app.events_of(CHANGED)[..] else { panic!("one event") };
        assert_eq!((&event.data["email"], &event.data["full_name"]), (&json!(NEW), &json!("Ada")));
        // Twice, and one of an earlier version that comes late.
        tell(app, &moved(ADA, NEW, 3));
        tell(app, &moved(ADA, "earlier@example.org", 2));
        assert_eq!(librarian(app).get(&path).send().expect(200).tag(), "\"2\"");
        assert_eq!(accounts(app)[0], (ADA.to_owned(), Some("byron@example.org".to_owned()), 6));
    });
}

#[test]
fn a_record_that_somebody_changes_at_that_moment_is_changed_when_the_event_comes_again() {
    on_each(|app| {
        let path = added(app, &fields(ADA, "Ada"));
        app.commit_first("UPDATE readers SET version = version + 1, category = 'staff'");
        app.deliver(&moved(ADA, NEW, 2).to("readers/reaction")).unwrap_err();
        app.deliver(&moved(ADA, NEW, 2).to("readers/reaction")).unwrap();
        let view = librarian(app).get(&path).send().expect(200).json();
        assert_eq!((&view["email"], &view["category"]), (&json!(NEW), &json!("staff")));
    });
}

#[test]
fn who_is_no_reader_or_erased_gets_no_record() {
    on_each(|app| {
        tell(app, &moved(BEN, NEW, 2));
        assert_eq!(accounts(app)[1].1.as_deref(), Some("byron@example.org"));
        added(app, &fields(ADA, "Ada"));
        let data = json!({
            "erasure_id": "01890000-0000-7000-8000-0000000000ee", "user_id": ADA,
            "requested_at": "2026-01-03T00:00:00Z",
        });
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", data).about("user", ADA, 1)).unwrap();
        tell(app, &moved(ADA, NEW, 2));
        assert!(names(app, "").is_empty());
        assert_eq!(accounts(app).into_iter().map(|(user_id, ..)| user_id).collect::<Vec<_>>(), [BEN, CLEO]);
        assert!(app.events_of(CHANGED).is_empty());
    });
}

#[test]
fn what_is_known_of_accounts_is_the_same_in_whatever_order_it_comes() {
    on_each(|app| {
        let (first, second) = (moved(CLEO, "first@example.org", 2), moved(CLEO, "second@example.org", 3));
        for event in [&second, &first, &second] {
            app.deliver(&event.clone().to("readers/projection")).unwrap();
        }
        has_account(app, CLEO);
        assert_eq!(accounts(app)[2], (CLEO.to_owned(), Some("second@example.org".to_owned()), 6));
        // Nothing but events made it: emptied, it is made again.
        let before = accounts(app);
        app.commit_first("DELETE FROM users_seen");
        for user_id in [ADA, BEN, CLEO] {
            has_account(app, user_id);
        }
        for event in [first, second] {
            app.deliver(&event.to("readers/projection")).unwrap();
        }
        assert_eq!(accounts(app), before);
    });
}
