//! Accounts that readers makes and changes by the older library's rules.

use super::library::{login, with};
use super::library_registration::STRONG;
use super::*;

pub(super) const ADA: &str = "01890000-0000-7000-8000-00000000000a";
const SAGA: &str = "01890000-0000-7000-8000-0000000000aa";
pub(super) const EMAIL: &str = "ada@example.org";

fn propose(app: &App, changes: &Value) -> Answer {
    app.on_call("passwords", play_passwords);
    let mut body = json!({ "email": EMAIL, "password": STRONG, "display_name": "Ada" });
    body.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    app.as_service("readers").put(&format!("/accounts/{ADA}/library-proposal")).json(&body).send()
}

/// An account of a reader's, which was proposed by the older library's rules.
pub(super) fn opened(app: &App) {
    propose(app, &json!({})).expect(204);
    for step in ["reservations", "openings"] {
        let path = format!("/accounts/{ADA}/{step}/{SAGA}");
        app.as_service("readers").put(&path).json(&json!(null)).send().expect(204);
    }
}

pub(super) fn change(app: &App, body: &Value) -> Answer {
    app.as_service("readers").patch(&format!("/accounts/{ADA}/library-account")).json(body).send()
}

#[test]
fn a_password_by_the_older_librarys_rule_is_enough_for_an_account_that_readers_proposes() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        let signed_in = login(app, &with(EMAIL, STRONG)).expect(200);
        assert_eq!(signed_in.json(), json!({ "id": "1", "username": EMAIL, "fullName": "Ada" }));
        for (changes, pointers) in [
            (json!({ "password": "password1" }), vec!["/password"]),
            (json!({ "email": "ada", "display_name": " " }), vec!["/email", "/display_name"]),
        ] {
            assert_eq!(propose(app, &changes).expect(422).problem().pointers(), pointers, "{changes}");
        }
        assert_eq!(propose(app, &json!({})).expect(409).problem().error_code, "EMAIL_TAKEN");
        app.explain().assert_indexed(&SMALL[..1]);
    });
}

#[test]
fn what_is_given_of_an_account_changes_and_the_rest_stays() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        change(app, &json!({ "display_name": "Ada Byron" })).expect(200);
        let shown = login(app, &with(EMAIL, STRONG)).expect(200).json();
        assert_eq!((&shown["fullName"], &shown["username"]), (&json!("Ada Byron"), &json!(EMAIL)));
        change(app, &json!({ "email": "byron@example.org" })).expect(200);
        login(app, &with(EMAIL, STRONG)).expect(401);
        login(app, &with("byron@example.org", STRONG)).expect(200);
        change(app, &json!({ "email": "BYRON@example.org", "password": "Another1" })).expect(200);
        login(app, &with("byron@example.org", STRONG)).expect(401);
        let shown = login(app, &with("byron@example.org", "Another1")).expect(200).json();
        assert_eq!(shown["username"], "BYRON@example.org");
        change(app, &json!({})).expect(200);
    });
}

#[test]
fn an_address_of_somebody_elses_or_the_first_admins_is_409_and_a_wrong_field_422() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        register(app, "ben@example.org", "k1");
        app.configure("first_admin_email", "head@example.org");
        for taken in ["ben@example.org", "BEN@example.org", "head@example.org"] {
            let refused = change(app, &json!({ "email": taken })).expect(409).problem();
            assert_eq!((refused.error_code.as_str(), refused.pointers()), ("EMAIL_TAKEN", vec!["/email"]));
        }
        let wrong = json!({ "email": "ada", "password": "short", "display_name": "" });
        let pointers = change(app, &wrong).expect(422);
        assert_eq!(pointers.problem().pointers(), ["/email", "/password", "/display_name"]);
        login(app, &with(EMAIL, STRONG)).expect(200);
    });
}

#[test]
fn another_password_ends_all_sessions_but_the_one_that_changed_it() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        let sessions = [0, 1].map(|_| super::library::claims(&login(app, &with(EMAIL, STRONG)).expect(200)));
        let [own, other] = sessions.map(|said| said["sid"].as_str().unwrap().to_owned());
        let lasts = |session: &str| {
            app.as_service("gateway").get(&format!("/sessions/{session}")).send().status() == 204
        };
        change(app, &json!({ "display_name": "Ada Byron" })).expect(200);
        assert!(lasts(&own) && lasts(&other));
        change(app, &json!({ "password": "Another1", "kept_session_id": own })).expect(200);
        assert_eq!((lasts(&own), lasts(&other)), (true, false));
    });
}

#[test]
fn nobody_but_readers_makes_and_changes_accounts_so_and_only_those_that_are_open() {
    App::new(&SERVICE).on_each_database(|app| {
        change(app, &json!({})).expect(404);
        propose(app, &json!({})).expect(204);
        let reservation = format!("/accounts/{ADA}/reservations/{SAGA}");
        app.as_service("readers").put(&reservation).json(&json!(null)).send().expect(204);
        change(app, &json!({ "password": "Another1" })).expect(404);
        for caller in [app.as_role(Role::Admin), app.as_service("users"), app.anonymous()] {
            let account = format!("/accounts/{ADA}/library-account");
            caller.patch(&account).json(&json!({})).send().expect(403);
            caller.put(&format!("/accounts/{ADA}/library-proposal")).json(&json!({})).send().expect(403);
        }
    });
}
