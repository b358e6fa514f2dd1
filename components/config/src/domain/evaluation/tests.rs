use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::flag::NewFlag;
use crate::domain::rules::Rules;

const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

fn flag(fields: &Json) -> Flag {
    let mut all = json!({ "flag_name": "A flag", "flag_key": "a_flag", "is_enabled": true });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    serde_json::from_value::<NewFlag>(all).unwrap().numbered(1).unwrap()
}

fn ruled(fields: &Json, rules: &Json) -> Flag {
    let rules: Rules = serde_json::from_value(json!({ "rules": rules })).unwrap();
    flag(fields).ruled(rules).unwrap()
}

fn asked<'a>(user: Option<&'a str>, attributes: &'a Map<String, Json>) -> Asker<'a> {
    Asker { user, roles: &[], attributes, environment: None, now: NOW, draw: 50 }
}

fn of(flag: &Flag, asker: &Asker<'_>) -> Evaluation {
    evaluate(Some(flag), asker, &|_| None)
}

fn on_for(flag: &Flag, user: &str) -> bool {
    of(flag, &asked(Some(user), &Map::new())).is_on()
}

#[test]
fn the_first_row_of_the_contracts_table_that_fits_is_the_answer() {
    let (nothing, past) = (Map::new(), "2020-01-01T00:00:00");
    let asker = |environment, user| Asker { environment, ..asked(user, &nothing) };
    let staging = Some(Environment::Staging);
    let mismatch = "Environment mismatch: flag is for production, requested staging";
    let expired = "Flag expired at 2020-01-01T00:00:00.000000";
    let qualifies = "User qualifies for rollout";
    for (fields, environment, user, answer) in [
        // 2, before all others that fit as well
        (
            json!({ "environment": "production", "is_enabled": false, "expires_at": past }),
            staging,
            None,
            (false, false, mismatch),
        ),
        (
            json!({ "environment": "staging", "rollout_percentage": 100 }),
            staging,
            None,
            (true, true, qualifies),
        ),
        (json!({ "environment": "all", "rollout_percentage": 100 }), staging, None, (true, true, qualifies)),
        (json!({ "environment": "staging", "rollout_percentage": 100 }), None, None, (true, true, qualifies)),
        // 3 and 4
        (json!({ "is_enabled": false, "expires_at": past }), None, None, (false, false, expired)),
        (
            json!({ "is_enabled": false, "rollout_percentage": 100 }),
            None,
            None,
            (false, false, "Flag is disabled"),
        ),
        // 5 and 6, whoever asks
        (json!({ "rollout_percentage": 100 }), None, Some("7"), (true, true, qualifies)),
        (json!({}), None, Some("7"), (true, false, "User does not qualify for 0% rollout")),
        (json!({}), None, None, (true, false, "User does not qualify for 0% rollout")),
        // 8: the draw is 50
        (json!({ "rollout_percentage": 51 }), None, None, (true, true, qualifies)),
        (
            json!({ "rollout_percentage": 50 }),
            None,
            None,
            (true, false, "User does not qualify for 50% rollout"),
        ),
    ] {
        let Evaluation { is_enabled, user_qualified, reason, .. } =
            of(&flag(&fields), &asker(environment, user));
        assert_eq!((is_enabled, user_qualified, reason.as_str()), answer, "{fields}");
    }
    let Evaluation { is_enabled, user_qualified, reason, cause } =
        evaluate(None, &asker(None, None), &|_| None);
    assert_eq!((is_enabled, user_qualified, reason.as_str()), (false, false, "Flag not found"));
    assert_eq!(cause, Cause::Missing);
}

#[test]
fn conditions_are_kept_and_never_evaluated() {
    let fields = json!({ "rollout_percentage": 100, "conditions": { "user_ids": [1], "never": true } });
    assert!(on_for(&flag(&fields), "2"));
}

#[test]
fn the_first_rule_whose_conditions_are_all_fulfilled_decides_before_the_percentage() {
    let flag = ruled(
        &json!({ "rollout_percentage": 0 }),
        &json!([
            { "name": "not this one", "when": [{ "users": ["7"] }], "serve": false },
            { "name": "those who try", "when": [{ "users": ["7", "8"] }] },
            { "name": "staff", "when": [{ "roles": ["admin", "instructor"] }] },
            { "name": "country", "when": [{ "attribute": { "name": "country", "is": ["de", 7, true] } }] },
        ]),
    );
    assert!(!on_for(&flag, "7"));
    assert!(on_for(&flag, "8"));
    assert!(!on_for(&flag, "9"));
    let (nothing, roles) = (Map::new(), ["instructor".to_owned()]);
    assert!(of(&flag, &Asker { roles: &roles, ..asked(None, &nothing) }).is_on());
    for (said, on) in [(json!("de"), true), (json!(7), true), (json!("7"), false), (json!(true), true)] {
        let attributes = json!({ "country": said }).as_object().unwrap().clone();
        let evaluation = of(&flag, &asked(None, &attributes));
        assert_eq!(evaluation.is_on(), on, "{attributes:?}");
        assert_eq!(evaluation.cause == Cause::Rule("country".to_owned()), on);
    }
}

#[test]
fn a_period_begins_with_its_first_moment_and_ends_before_its_last() {
    let flag = ruled(
        &json!({}),
        &json!([{ "name": "then", "when": [{ "time": { "from": "2027-01-15T08:00:00", "until": "2027-01-15T09:00:00" } }] }]),
    );
    let nothing = Map::new();
    for (now, on) in [
        ("2027-01-15T07:59:59.999999Z", false),
        ("2027-01-15T08:00:00Z", true),
        ("2027-01-15T08:59:59.999999Z", true),
        ("2027-01-15T09:00:00Z", false),
    ] {
        assert_eq!(
            of(&flag, &Asker { now: now.parse().unwrap(), ..asked(None, &nothing) }).is_on(),
            on,
            "{now}"
        );
    }
}

#[test]
fn a_flag_may_depend_on_others_and_a_circle_ends() {
    let wants =
        |key: &str, is: bool| json!([{ "name": "depends", "when": [{ "flag": { "key": key, "is": is } }] }]);
    let mut flags = BTreeMap::new();
    for (key, wanted, is) in [("a", "base", true), ("b", "base", false), ("c", "d", true), ("d", "c", true)] {
        flags.insert(key, ruled(&json!({ "flag_key": key }), &wants(wanted, is)));
    }
    for (percentage, a, b) in [(100, true, false), (0, false, true)] {
        flags.insert("base", flag(&json!({ "flag_key": "base", "rollout_percentage": percentage })));
        let nothing = Map::new();
        let is_on =
            |key: &str| evaluate(flags.get(key), &asked(Some("7"), &nothing), &|key| flags.get(key)).is_on();
        assert_eq!((is_on("a"), is_on("b"), is_on("c")), (a, b, false));
    }
}

proptest! {
    #[test]
    fn the_same_person_gets_the_same_answer(user in 0_i64..1_000_000, percentage in 0_i64..=100) {
        let flag = flag(&json!({ "rollout_percentage": percentage }));
        let user = user.to_string();
        let nothing = Map::new();
        let with = |draw| of(&flag, &Asker { draw, ..asked(Some(&user), &nothing) });
        prop_assert_eq!(with(0), with(99));
    }

    #[test]
    fn raising_the_percentage_takes_nobody_out(user in 0_i64..1_000_000, low in 0_i64..=100, more in 0_i64..=100) {
        let at = |percentage: i64| flag(&json!({ "rollout_percentage": percentage.min(100) }));
        let user = user.to_string();
        prop_assert!(!on_for(&at(low), &user) || on_for(&at(low + more), &user));
    }

    #[test]
    fn raising_the_percentage_of_a_rule_takes_nobody_out(user in 0_i64..1_000_000, low in 0_u8..=100, more in 0_u8..=100) {
        let at = |percentage: u8| {
            ruled(&json!({}), &json!([{ "name": "some", "when": [{ "percentage": percentage.min(100) }] }]))
        };
        let user = user.to_string();
        prop_assert!(!on_for(&at(low), &user) || on_for(&at(low.saturating_add(more)), &user));
    }
}
