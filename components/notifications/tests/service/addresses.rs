//! Where mail goes of somebody whose address was changed.

use super::*;

const NEW: &str = "byron@example.org";

fn moved(email: &str, sequence: u64) -> Event {
    let data = json!({
        "user_id": USER, "email": email, "version": sequence, "changed_at": "2026-01-02T00:00:00Z",
    });
    Event::new("lyceum.auth.AddressChanged.v1", data).about("user", USER, sequence)
}

/// Sends the mail that was asked for last: to whom, and how it begins.
fn last_mail(app: &App) -> (String, String) {
    let requested = app.events_of(REQUESTED).pop().unwrap().to_deliver();
    app.deliver(&requested).unwrap();
    let mail = app.mails().pop().unwrap();
    (mail.to, mail.text.lines().next().unwrap().to_owned())
}

#[test]
fn a_mail_goes_to_the_address_that_was_changed_last() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        app.deliver(&moved(NEW, 4)).unwrap();
        app.deliver(&moved("earlier@example.org", 3)).unwrap();
        app.deliver(&overdue(1)).unwrap();
        assert_eq!(last_mail(app), (NEW.to_owned(), "Hello Ada,".to_owned()));
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_mail_that_waits_goes_to_the_new_address() {
    App::new(&SERVICE).on_each_database(|app| {
        let requested = welcomed(app);
        app.set_mail_outage(Some("greylisted"));
        app.deliver(&requested).unwrap_err();
        app.deliver(&moved(NEW, 2)).unwrap();
        app.set_mail_outage(None);
        assert_eq!(last_mail(app).0, NEW);
        // One that was sent went where it went.
        app.deliver(&moved("third@example.org", 3)).unwrap();
        let list = app.as_role(Role::Admin).get("/api/v1/notifications/deliveries").send().expect(200).json();
        assert_eq!(list["items"][0]["address"], NEW, "{list}");
    });
}

#[test]
fn what_is_told_at_the_moment_of_the_change_goes_to_the_new_address() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        app.commit_first("UPDATE addresses SET address = 'byron@example.org', auth_sequence = 2");
        app.deliver(&overdue(1)).unwrap_err();
        app.deliver(&overdue(1)).unwrap();
        assert_eq!(last_mail(app).0, NEW);
    });
}

#[test]
fn an_address_that_comes_before_its_account_is_where_the_welcome_goes() {
    App::new(&SERVICE).on_each_database(|app| {
        app.deliver(&moved(NEW, 2)).unwrap();
        app.deliver(&overdue(1)).unwrap();
        assert_eq!(last_mail(app), (NEW.to_owned(), "Hello reader,".to_owned()));
        app.deliver(&user_created()).unwrap();
        assert_eq!(last_mail(app), (NEW.to_owned(), "Hello Ada,".to_owned()));
    });
}

#[test]
fn nobody_hears_of_the_address_of_who_was_erased() {
    App::new(&SERVICE).on_each_database(|app| {
        welcomed(app);
        let data = json!({
            "erasure_id": "01890000-0000-7000-8000-0000000000ee", "user_id": USER,
            "requested_at": "2026-01-01T00:00:00Z",
        });
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", data).about("user", USER, 2)).unwrap();
        app.deliver(&moved(NEW, 3)).unwrap();
        let rows = || {
            lyceum_kit::prelude::query_optional::<(String,)>(lyceum_kit::prelude::statement(
                "SELECT address FROM addresses",
                Vec::new(),
            ))
        };
        assert_eq!(app.run(rows).unwrap(), None);
    });
}
