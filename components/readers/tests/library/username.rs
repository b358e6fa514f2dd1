//! A reader who signs in by another username: their record, their tokens, and what auth tells of it.

use lyceum_testing::Published;

use super::auth::Way;
use super::change::{CHANGED, patch, registered, shown};
use super::*;

#[test]
fn with_another_username_the_record_is_reached_by_a_new_token_alone() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        let sign_in = |username: &'static str| {
            let body = json!({ "username": username, "password": STRONG });
            let answer = auth.run(move |app| app.anonymous().post("/legacy/public/login").json(&body).send());
            let payload =
                answer.expect(200).header("authorization").unwrap().split('.').nth(1).unwrap().to_owned();
            let said: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
            said["sid"].as_str().unwrap().to_owned()
        };
        let session = sign_in("ada@example.org");
        let own = |session: &str, method: Method, path: &str| {
            let reader = app.as_user(&ada.user_id).with_role(Role::Reader).with_session(session);
            FACE.by(&reader, method, path)
        };
        let patch = |session: &str, version: &str, fields: &[(&str, &str)]| {
            let (media_type, body) = form(fields);
            own(session, Method::PATCH, READERS).if_match(version).body(&media_type, body).send()
        };
        // Another password, or name, is no other username.
        patch(&session, "0", &[("password", "Another1"), ("fullName", "Ada Byron")]).expect(200);
        patch(&session, "1", &[("password", STRONG)]).expect(200);
        own(&session, Method::GET, READERS).send().expect(200);
        patch(&session, "1", &[("username", "byron@example.org")]).expect(200);
        let photo = format!("{READERS}/{}/photo", ada.number);
        for (method, path) in
            [(Method::GET, READERS), (Method::DELETE, "/api/readers/photo"), (Method::GET, &photo)]
        {
            told_in_a_sentence(&own(&session, method, path).send(), 403, "Access denied!");
        }
        told_in_a_sentence(&patch(&session, "2", &[]), 403, "Access denied!");
        // What isn't their own they go on reading.
        told_in_a_sentence(
            &own(&session, Method::GET, "/api/readers?phoneNumber=1").send(),
            404,
            "Not found",
        );
        own(&sign_in("byron@example.org"), Method::GET, READERS).send().expect(200);
        // For as long as the token is good.
        app.stop_clock(Timestamp::from_micros(NEW_YEAR + 36_600_000_000));
        app.tick("minute").unwrap();
        own(&session, Method::GET, READERS).send().expect(200);
        app.explain().assert_indexed(&[]);
    });
}

/// What auth has told of addresses so far.
fn told_by(auth: &Auth) -> Vec<Published> {
    auth.run(|app| app.events_of("lyceum.auth.AddressChanged.v1"))
}

#[test]
fn what_auth_tells_of_ones_own_change_changes_nothing_more() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        for (at, username) in [(0, "byron@example.org"), (1, "lovelace@example.org")] {
            patch(app, &ada, &at.to_string(), &[("username", username)]).expect(200);
        }
        // Also not for a moment: the first one comes when the second change is made.
        for event in told_by(&auth) {
            app.deliver(&event.to_deliver()).unwrap();
        }
        let (view, tag) = shown(app, &ada);
        assert_eq!((view["email"].as_str(), tag.as_str()), (Some("lovelace@example.org"), "\"2\""));
        assert_eq!(app.events_of(CHANGED).len(), 2);
    });
}

#[test]
fn a_change_that_auth_made_and_nobody_answered_is_in_the_record_all_the_same() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        auth.set_way(Way::AnswersLost, 0);
        told_by_the_framework(&patch(app, &ada, "0", &[("username", "byron@example.org")]), 504);
        for event in told_by(&auth) {
            app.deliver(&event.to_deliver()).unwrap();
        }
        assert_eq!(shown(app, &ada).0["email"], "byron@example.org");
    });
}

#[test]
fn what_was_changed_at_auth_is_in_the_record_although_somebody_changes_that_at_the_moment() {
    on_each(|app| {
        auth_beside(app);
        let ada = registered(app);
        // What auth tells comes before the record is written.
        app.commit_first(
            "UPDATE readers SET version = version + 1, email = 'byron@example.org', \
             email_folded = 'byron@example.org', address_version = 2",
        );
        let change = [("username", "byron@example.org"), ("phoneNumber", "212345678")];
        let answer = patch(app, &ada, "0", &change).expect(200);
        assert_eq!((answer.json()["email"].as_str(), answer.tag()), (Some("byron@example.org"), "\"2\""));
        assert_eq!(shown(app, &ada).0["phoneNumber"], "212345678");
        // A librarian changes something else.
        app.commit_first("UPDATE readers SET version = version + 1, category = 'staff'");
        patch(app, &ada, "2", &[("password", "Another1"), ("phoneNumber", "912345678")]).expect(200);
        let path = format!("/api/v1/readers/{}", ada.id);
        let modern = app.as_role(Role::Librarian).get(&path).send().expect(200).json();
        assert_eq!(
            [&modern["category"], &modern["phone_number"], &modern["email"]],
            [&json!("staff"), &json!("912345678"), &json!("byron@example.org")]
        );
    });
}

#[test]
fn what_auth_tells_before_its_answer_is_heard_is_what_the_reader_is_shown() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        let follow = app.somebody_else();
        auth.after("PATCH library-account", move || {
            follow(
                "UPDATE readers SET version = version + 1, email = 'byron@example.org', \
                 email_folded = 'byron@example.org', address_version = 2",
            );
        });
        let answer = patch(app, &ada, "0", &[("username", "byron@example.org")]).expect(200);
        assert_eq!((answer.json()["email"].as_str(), answer.tag()), (Some("byron@example.org"), "\"1\""));
        let (view, tag) = shown(app, &ada);
        assert_eq!((view["email"].as_str(), tag.as_str()), (Some("byron@example.org"), "\"1\""));
    });
}

#[test]
fn of_two_usernames_at_the_same_time_the_record_has_the_one_that_signs_in() {
    on_each(|app| {
        let auth = auth_beside(app);
        let ada = registered(app);
        let id = ada.user_id.clone();
        let elsewhere = move |email: &'static str, id: String| {
            move |app: &App| {
                let call = app.as_service("readers").patch(&format!("/accounts/{id}/library-account"));
                call.json(&json!({ "email": email })).send().expect(200);
            }
        };
        // The other one's is before: it is told, and comes late.
        auth.before("PATCH library-account", elsewhere("first@example.org", id.clone()));
        patch(app, &ada, "0", &[("username", "second@example.org")]).expect(200);
        for event in told_by(&auth) {
            app.deliver(&event.to_deliver()).unwrap();
        }
        assert_eq!(shown(app, &ada).0["email"], "second@example.org");
        assert_eq!(older_sign_in(&auth, "second@example.org", STRONG).0, 200);
        // The other one's is behind, and is told before this record is written.
        let version = shown(app, &ada).1;
        auth.run(elsewhere("third@example.org", id));
        app.commit_first(
            "UPDATE readers SET version = version + 1, email = 'fourth@example.org', \
             email_folded = 'fourth@example.org', address_version = 99",
        );
        let change = [("username", "third@example.org"), ("phoneNumber", "212345678")];
        let view = patch(app, &ada, version.trim_matches('"'), &change).expect(200).json();
        assert_eq!([&view["email"], &view["phoneNumber"]], ["fourth@example.org", "212345678"]);
    });
}
