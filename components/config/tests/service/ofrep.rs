//! Flags as OpenFeature's clients ask for them.

use super::*;

const PATH: &str = "/ofrep/v1/evaluate/flags";

fn flag(app: &App, key: &str, percentage: u8, rules: &Value) {
    let body = json!({ "flag_name": key, "flag_key": key, "is_enabled": percentage > 0, "rollout_percentage": percentage });
    let id = admin(app).post(&format!("{FLAGS}/")).json(&body).send().expect(201).json()["id"].to_string();
    admin(app).put(&format!("{FLAGS}/{id}/rules")).json(&json!({ "rules": rules })).send().expect(200);
}

#[test]
fn one_flag_is_evaluated_for_whoever_is_signed_in() {
    App::new(&SERVICE).on_each_database(|app| {
        flag(app, "full", 100, &json!([]));
        flag(app, "off", 0, &json!([]));
        flag(app, "half", 50, &json!([]));
        flag(
            app,
            "teachers",
            1,
            &json!([
                { "name": "teachers", "when": [{ "roles": ["instructor"] }] },
                { "name": "plan", "when": [{ "attribute": { "name": "plan", "is": ["gold"] } }] },
                { "name": "others", "serve": false },
            ]),
        );
        let (student, teacher) = (app.as_role(Role::Student), app.as_role(Role::Instructor));
        let ask = |who: &As<'_>, key: &str, context: Value| {
            who.post(&format!("{PATH}/{key}")).json(&json!({ "context": context })).send().expect(200).json()
        };
        assert_eq!(
            student.post(&format!("{PATH}/full")).json(&json!({})).send().expect(200).text(),
            r#"{"key":"full","reason":"STATIC","variant":"on","value":true,"metadata":{}}"#
        );
        let off = ask(&student, "off", json!({ "targetingKey": "7" }));
        assert_eq!(
            (&off["reason"], &off["value"], &off["variant"]),
            (&json!("DISABLED"), &json!(false), &json!("off"))
        );
        let rule = ask(&teacher, "teachers", json!({}));
        assert_eq!(
            (&rule["reason"], &rule["value"], &rule["metadata"]),
            (&json!("TARGETING_MATCH"), &json!(true), &json!({ "rule": "teachers" }))
        );
        // A role that somebody says they have is none.
        assert_eq!(
            ask(&student, "teachers", json!({ "roles": ["instructor"], "role": "instructor" }))["value"],
            false
        );
        assert_eq!(ask(&student, "teachers", json!({ "plan": "gold" }))["value"], true);
        // The same as at the contract's paths, for the same person.
        for user in 0..20 {
            let contract =
                admin(app).get(&format!("{FLAGS}/check/half?user_id={user}")).send().expect(200).json();
            let ours = ask(&student, "half", json!({ "targetingKey": user.to_string() }));
            assert_eq!((&ours["value"], &ours["reason"]), (&contract["enabled"], &json!("SPLIT")));
        }
        app.anonymous().post(&format!("{PATH}/full")).json(&json!({})).send().expect(401);
    });
}

#[test]
fn what_goes_wrong_has_openfeatures_codes() {
    let app = App::new(&SERVICE).sqlite();
    flag(&app, "full", 100, &json!([]));
    let student = app.as_role(Role::Student);
    let missing = student.post(&format!("{PATH}/none")).json(&json!({})).send().expect(404);
    assert_eq!(
        missing.text(),
        r#"{"key":"none","errorCode":"FLAG_NOT_FOUND","errorDetails":"There is no flag none."}"#
    );
    for (body, code) in [
        ("{", "PARSE_ERROR"),
        ("[]", "PARSE_ERROR"),
        (r#"{"context":7}"#, "INVALID_CONTEXT"),
        (r#"{"context":{"targetingKey":7}}"#, "INVALID_CONTEXT"),
        (r#"{"context":{"environment":7}}"#, "INVALID_CONTEXT"),
        (r#"{"context":{"targetingKey":""}}"#, "TARGETING_KEY_MISSING"),
    ] {
        let one = student
            .post(&format!("{PATH}/full"))
            .body("application/json", body.to_owned())
            .send()
            .expect(400)
            .json();
        assert_eq!((&one["key"], &one["errorCode"]), (&json!("full"), &json!(code)), "{body}");
        let all = student.post(PATH).body("application/json", body.to_owned()).send().expect(400).json();
        assert_eq!((all.get("key"), &all["errorCode"]), (None, &json!(code)), "{body}");
    }
}

#[test]
fn all_flags_are_evaluated_at_once_and_not_sent_again_while_nothing_changes() {
    App::new(&SERVICE).on_each_database(|app| {
        flag(app, "full", 100, &json!([]));
        flag(app, "off", 0, &json!([]));
        let student = app.as_role(Role::Student);
        let ask = |tag: &str| {
            let asked = student
                .post(PATH)
                .json(&json!({ "context": { "targetingKey": "7", "environment": "staging" } }));
            if tag.is_empty() { asked.send() } else { asked.header("if-none-match", tag).send() }
        };
        let first = ask("").expect(200);
        let keys: Vec<Value> =
            first.json()["flags"].as_array().unwrap().iter().map(|flag| flag["key"].clone()).collect();
        assert_eq!(keys, ["full", "off"]);
        let tag = first.tag().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let again = ask(&known).expect(304);
            assert_eq!((again.tag(), again.text()), (tag.as_str(), ""));
        }
        admin(app).put(&format!("{FLAGS}/toggle/full?enabled=false")).send().expect(200);
        let changed = ask(&tag).expect(200);
        assert_ne!(changed.tag(), tag);
        assert_eq!(changed.json()["flags"][0]["value"], false);
    });
}
