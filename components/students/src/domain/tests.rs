//! The rules of each kind.

use serde_json::json;

use super::*;

fn refused(fields: &Value) -> Vec<(String, &'static str)> {
    let fields = serde_json::from_value(fields.clone()).unwrap();
    let Err(Invalid(violations)) = Entry::new(ids::new().into(), ids::new().into(), fields) else {
        return Vec::new();
    };
    violations.into_iter().map(|violation| (violation.pointer, violation.code)).collect()
}

fn deep(levels: usize) -> Value {
    (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }))
}

#[test]
fn a_kind_has_its_own_fields_within_their_limits() {
    let grade = |value: f64, maximum: f64, weight: f64| json!({ "kind": "grade", "grade": { "value": value, "maximum": maximum, "weight": weight } });
    for good in [
        json!({ "kind": "comment", "text": "<b>\n as it is" }),
        json!({ "kind": "comment", "text": "ä".repeat(10_000), "visible_to_student": true }),
        grade(0.0, 0.5, 0.0),
        grade(6.0, 6.0, 1_000.0),
        json!({ "kind": "activity", "details": deep(8) }),
        json!({ "kind": "activity", "details": { "n": i64::MAX, "x": [1.5, null, true, "a"] } }),
    ] {
        assert_eq!(refused(&good), [], "{good}");
    }
    for (bad, pointer, code) in [
        (json!({ "kind": "comment" }), "/text", "REQUIRED"),
        (json!({ "kind": "comment", "text": " \n" }), "/text", "REQUIRED"),
        (json!({ "kind": "comment", "text": "a\u{1b}" }), "/text", "CONTROL_CHARACTER"),
        (json!({ "kind": "comment", "text": "ä".repeat(10_001) }), "/text", "TOO_LONG"),
        (json!({ "kind": "activity", "text": "a" }), "/text", "NOT_ALLOWED"),
        (json!({ "kind": "grade" }), "/grade", "REQUIRED"),
        (grade(-0.1, 6.0, 1.0), "/grade/value", "OUT_OF_RANGE"),
        (grade(6.1, 6.0, 1.0), "/grade/value", "OUT_OF_RANGE"),
        (grade(1.0, 1_000_001.0, 1.0), "/grade/maximum", "OUT_OF_RANGE"),
        (grade(1.0, 6.0, 1_000.1), "/grade/weight", "OUT_OF_RANGE"),
        (json!({ "kind": "activity", "visible_to_student": false }), "/visible_to_student", "NOT_ALLOWED"),
        (json!({ "kind": "activity", "at": "1969-12-31T23:59:59Z" }), "/at", "OUT_OF_RANGE"),
        (json!({ "kind": "activity", "at": "9999-01-01T00:00:00Z" }), "/at", "OUT_OF_RANGE"),
        (json!({ "kind": "activity", "details": deep(9) }), "/details", "TOO_DEEP"),
        (json!({ "kind": "activity", "details": { "a.b": 1 } }), "/details", "BAD_NAME"),
        (json!({ "kind": "activity", "details": { "a": [{ "$b": 1 }] } }), "/details", "BAD_NAME"),
        (json!({ "kind": "activity", "details": { "a": u64::MAX } }), "/details", "OUT_OF_RANGE"),
        (json!({ "kind": "activity", "details": { "a": "b".repeat(16_384) } }), "/details", "TOO_LARGE"),
    ] {
        assert_eq!(refused(&bad), [(pointer.to_owned(), code)], "{bad}");
    }
}

#[test]
fn only_a_comment_is_hidden_from_its_student_unless_it_says_otherwise() {
    let visible = |fields: Value| {
        let fields = serde_json::from_value(fields).unwrap();
        Entry::new(ids::new().into(), ids::new().into(), fields).unwrap().visible_to_student
    };
    assert!(!visible(json!({ "kind": "comment", "text": "a" })));
    assert!(visible(json!({ "kind": "comment", "text": "a", "visible_to_student": true })));
    assert!(visible(json!({ "kind": "activity" })));
}
