//! What auth tells of an address that was changed, and what becomes of those that change an account at the same time.

use lyceum_kit::prelude::{query_optional, statement};

use super::library::{login, with};
use super::library_accounts::{ADA, EMAIL, change, opened};
use super::library_registration::STRONG;
use super::*;

const CHANGED: &str = "lyceum.auth.AddressChanged.v1";
const BYRON: &str = "byron@example.org";

/// The addresses that were told, with the versions of the account that they belong to.
fn told(app: &App) -> Vec<(String, i64)> {
    let of = |data: &Value| (data["email"].as_str().unwrap().to_owned(), data["version"].as_i64().unwrap());
    app.events_of(CHANGED).iter().map(|event| of(&event.data)).collect()
}

fn tag(app: &App) -> String {
    app.as_user(ADA).get("/api/v1/auth/me").send().expect(200).tag().to_owned()
}

#[test]
fn another_address_is_told_with_its_version_and_anything_else_is_not() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        register(app, "ben@example.org", "k1");
        let version = |body: Value| change(app, &body).expect(200).json()["version"].as_i64().unwrap();
        assert_eq!(version(json!({ "email": BYRON, "display_name": "Ada Byron" })), 2);
        assert_eq!(told(app), [(BYRON.to_owned(), 2)]);
        let event = app.events_of(CHANGED).pop().unwrap();
        assert_eq!((event.data["user_id"].as_str(), event.aggregate_id.as_str()), (Some(ADA), ADA));
        // The same again, what is refused, and what is no address.
        assert_eq!(version(json!({ "email": BYRON, "password": "Another1" })), 3);
        change(app, &json!({ "email": "ben@example.org" })).expect(409);
        assert_eq!(version(json!({ "display_name": "Ada" })), 4);
        assert_eq!(told(app).len(), 1);
        // In another case it reaches another mailbox.
        assert_eq!(version(json!({ "email": "Byron@example.org" })), 5);
        assert_eq!(told(app).pop(), Some(("Byron@example.org".to_owned(), 5)));
        app.explain().assert_indexed(&SMALL[1..]);
    });
}

#[test]
fn an_address_that_an_administrator_changed_is_told_too() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        login(app, &with(EMAIL, STRONG)).expect(200);
        let change = |body: Value| {
            app.as_role(Role::Admin).put("/legacy/admin/users/1").json(&body).send().expect(200)
        };
        change(json!({ "username": BYRON, "authorities": ["READER"] }));
        change(json!({ "name": "Ada Byron", "authorities": ["READER"] }));
        assert_eq!(told(app), [(BYRON.to_owned(), 2)]);
        login(app, &with(BYRON, STRONG)).expect(200);
    });
}

#[test]
fn an_address_that_was_left_is_free_again_but_for_the_first_administrators() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        change(app, &json!({ "email": BYRON })).expect(200);
        login(app, &with(EMAIL, STRONG)).expect(401);
        assert_ne!(register(app, EMAIL, "k1"), ADA);
        app.configure("first_admin_email", "root@example.org");
        app.configure("first_admin_password", PASSWORD);
        sign_in(app, "root@example.org", PASSWORD).expect(200);
        let root = app.events_of("lyceum.auth.UserCreated.v1").pop().unwrap().aggregate_id;
        let path = format!("/accounts/{root}/library-account");
        let moved = app.as_service("readers").patch(&path).json(&json!({ "email": "head@example.org" }));
        moved.send().expect(200);
        let body = json!({ "email": "root@example.org", "password": PASSWORD, "display_name": "Eve" });
        app.anonymous().post("/api/v1/auth/register").json(&body).send().expect(409);
        // Nor is there another one, as long as an administrator is there.
        sign_in(app, "root@example.org", PASSWORD).expect(401);
        sign_in(app, "head@example.org", PASSWORD).expect(200);
    });
}

#[test]
fn every_change_of_an_account_raises_its_version_also_that_of_a_password() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        let mut seen = vec![tag(app)];
        for body in [
            json!({ "password": "Another1" }),
            json!({ "email": BYRON }),
            json!({ "display_name": "Ada Byron" }),
        ] {
            change(app, &body).expect(200);
            assert!(!seen.contains(&tag(app)), "{body}");
            seen.push(tag(app));
        }
        login(app, &with(BYRON, "Another1")).expect(200);
        let put = |body: Value| app.as_role(Role::Admin).put("/legacy/admin/users/1").json(&body).send();
        put(json!({ "password": STRONG, "authorities": ["READER"] })).expect(200);
        assert!(!seen.contains(&tag(app)));
        // Whoever read roles before changes what they did not read.
        let roles = app.as_role(Role::Admin).put(&format!("/api/v1/auth/users/{ADA}/roles"));
        roles.if_match(seen.last().unwrap()).json(&json!({ "roles": ["librarian"] })).send().expect(412);
    });
}

#[test]
fn a_change_is_made_although_somebody_else_changes_the_account_at_that_moment() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        login(app, &with(EMAIL, STRONG)).expect(200);
        let quicker = "UPDATE accounts SET version = version + 1";
        app.commit_first(quicker);
        let changed = change(app, &json!({ "email": BYRON, "password": "Another1" })).expect(200);
        assert_eq!((changed.json()["version"].as_i64(), told(app)), (Some(3), vec![(BYRON.to_owned(), 3)]));
        app.commit_first(quicker);
        let body = json!({ "username": EMAIL, "authorities": ["READER"] });
        app.as_role(Role::Admin).put("/legacy/admin/users/1").json(&body).send().expect(200);
        login(app, &with(EMAIL, "Another1")).expect(200);
        // A session that is opened at that moment ends with the others.
        app.commit_first(
            "INSERT INTO sessions (id, account_id, created_at, refreshed_at, expires_at) \
             SELECT '01890000-0000-7000-8000-0000000000ff', id, 1, 1, 9000000000000000 FROM accounts",
        );
        change(app, &json!({ "password": STRONG })).expect(200);
        let open = || {
            query_optional::<(String,)>(statement(
                "SELECT id FROM sessions WHERE ended_at IS NULL",
                Vec::new(),
            ))
        };
        assert_eq!(app.run(open).unwrap(), None);
    });
}

#[test]
fn of_many_who_change_an_account_at_the_same_time_each_is_told_what_became_of_it() {
    App::new(&SERVICE).on_each_database(|app| {
        opened(app);
        let answers = app.in_parallel(4, |at, app| {
            app.on_call("passwords", play_passwords);
            let body =
                json!({ "email": format!("ada{at}@example.org"), "password": format!("Password{at}") });
            let answer = change(app, &body);
            (
                at,
                answer.status(),
                (answer.status() == 200).then(|| answer.json()["version"].as_i64().unwrap()),
            )
        });
        let mut versions: Vec<_> =
            answers.iter().map(|(_, status, version)| (*status, version.unwrap())).collect();
        versions.sort_unstable();
        assert_eq!(versions, [(200, 2), (200, 3), (200, 4), (200, 5)]);
        let last = answers.iter().find(|(.., version)| *version == Some(5)).unwrap().0;
        login(app, &with(&format!("ada{last}@example.org"), &format!("Password{last}"))).expect(200);
        assert_eq!(told(app).len(), 4);
    });
}
