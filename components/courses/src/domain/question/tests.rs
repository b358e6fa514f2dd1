use lyceum_kit::violation::{Invalid, Validation};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Where it is wrong, and how.
fn wrong(question: &Value) -> Vec<(String, &'static str)> {
    let question: Question = serde_json::from_value(question.clone()).unwrap();
    let mut valid = Validation::new();
    question.check("", &mut valid);
    let Err(Invalid(violations)) = valid.into_result() else { return Vec::new() };
    violations.into_iter().map(|violation| (violation.pointer, violation.code)).collect()
}

fn items(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({ "id": id, "text": format!("The {id}") })).collect()
}

/// A question of each type that is right.
fn right(kind: &str) -> Value {
    let mut question = match kind {
        "single-choice" => json!({ "options": items(&["a", "b"]), "correct": ["a"] }),
        "multiple-choice" => {
            json!({ "options": items(&["a", "b", "c"]), "correct": ["c", "a"], "partial": true })
        }
        "true-false" => json!({ "correct": false }),
        "numeric" => json!({ "correct": "-2.50", "tolerance": "0.01", "tolerance_kind": "relative" }),
        "short-answer" => json!({ "accepted": ["Rye", "rye bread"], "case_sensitive": true }),
        "fill-in" => {
            json!({ "text": "{{1}} and {{2}}", "gaps": [{ "accepted": ["a"] }, { "accepted": ["b"] }] })
        }
        "matching" => {
            json!({ "left": items(&["a", "b"]), "right": items(&["a", "b", "c"]), "pairs": [["a", "b"], ["b", "a"]] })
        }
        "ordering" => json!({ "items": items(&["a", "b", "c"]), "correct": ["c", "a", "b"] }),
        _ => json!({}),
    };
    question["type"] = json!(kind);
    if question["text"].is_null() {
        question["text"] = json!("What?");
    }
    question
}

#[test]
fn each_type_has_its_own_fields() {
    for kind in QuestionType::ALL.map(QuestionType::name) {
        assert_eq!(wrong(&right(kind)), [], "{kind}");
        for other in QuestionType::ALL.map(QuestionType::name) {
            // What another type has beside its text is refused, and what this one has is missed.
            let mut with = right(kind);
            for (name, value) in right(other).as_object().unwrap() {
                let both = matches!(
                    (kind, name.as_str()),
                    ("fill-in", "case_sensitive") | ("fill-in" | "matching" | "ordering", "partial")
                );
                if with.get(name).is_none() && !both {
                    with[name] = value.clone();
                    assert!(
                        wrong(&with)
                            .iter()
                            .any(|(at, code)| *at == format!("/{name}") && *code == "NOT_ALLOWED")
                    );
                }
            }
        }
        let needed = ["options", "correct", "accepted", "gaps", "left", "right", "pairs", "items"];
        for name in needed.into_iter().filter(|name| right(kind).get(name).is_some()) {
            let mut without = right(kind);
            without.as_object_mut().unwrap().remove(name);
            assert!(wrong(&without).contains(&(format!("/{name}"), "REQUIRED")), "{kind} without {name}");
        }
    }
}

#[test]
fn what_is_correct_is_there() {
    let long = "x".repeat(201);
    for (kind, field, value, at, code) in [
        ("single-choice", "correct", json!(["a", "b"]), "/correct", "ONE"),
        ("single-choice", "correct", json!([]), "/correct", "ONE"),
        ("single-choice", "correct", json!(["z"]), "/correct", "UNKNOWN_ID"),
        ("single-choice", "correct", json!(true), "/correct", "WRONG_TYPE"),
        ("single-choice", "options", items(&["a"]), "/options", "TOO_FEW"),
        ("single-choice", "options", items(&["a", "a"]), "/options", "REPEATED"),
        ("single-choice", "options", items(&["a", ""]), "/options/1/id", "REQUIRED"),
        ("multiple-choice", "correct", json!([]), "/correct", "REQUIRED"),
        ("multiple-choice", "correct", json!(["a", "a"]), "/correct", "REPEATED"),
        ("true-false", "correct", json!("true"), "/correct", "WRONG_TYPE"),
        ("numeric", "correct", json!("1e3"), "/correct", "DECIMAL"),
        ("numeric", "correct", json!(true), "/correct", "WRONG_TYPE"),
        ("numeric", "tolerance", json!("-1"), "/tolerance", "OUT_OF_RANGE"),
        ("short-answer", "accepted", json!([]), "/accepted", "REQUIRED"),
        ("short-answer", "accepted", json!([" "]), "/accepted/0", "REQUIRED"),
        ("short-answer", "accepted", json!(["a", long]), "/accepted/1", "TOO_LONG"),
        ("fill-in", "text", json!("{{1}}"), "/text", "GAPS"),
        ("fill-in", "text", json!("{{1}} {{1}} {{2}}"), "/text", "GAPS"),
        ("fill-in", "text", json!("{{1}} {{2}} {{3}}"), "/text", "GAPS"),
        ("fill-in", "gaps", json!([]), "/gaps", "REQUIRED"),
        (
            "fill-in",
            "gaps",
            json!([{ "accepted": [] }, { "accepted": ["b"] }]),
            "/gaps/0/accepted",
            "REQUIRED",
        ),
        ("matching", "pairs", json!([["a", "b"]]), "/pairs", "INCOMPLETE"),
        ("matching", "pairs", json!([["a", "b"], ["a", "c"]]), "/pairs", "REPEATED"),
        ("matching", "pairs", json!([["a", "b"], ["b", "z"]]), "/pairs", "UNKNOWN_ID"),
        ("matching", "pairs", json!([["a", "b"], ["c", "a"]]), "/pairs", "UNKNOWN_ID"),
        ("ordering", "correct", json!(["a", "b"]), "/correct", "INCOMPLETE"),
        ("ordering", "correct", json!(["a", "b", "c", "a"]), "/correct", "REPEATED"),
        ("essay", "text", json!(" "), "/text", "REQUIRED"),
        ("essay", "points", json!("-1"), "/points", "OUT_OF_RANGE"),
        ("essay", "points", json!("10000.5"), "/points", "OUT_OF_RANGE"),
        ("essay", "points", json!("0.00001"), "/points", "TOO_PRECISE"),
        ("essay", "explanation", json!("x".repeat(10_001)), "/explanation", "TOO_LONG"),
    ] {
        let mut question = right(kind);
        question[field] = value;
        let wrong = wrong(&question);
        assert!(wrong.contains(&(at.to_owned(), code)), "{kind} {field}: {wrong:?}");
    }
}

#[test]
fn a_question_as_it_is_asked_tells_no_answer() {
    for kind in QuestionType::ALL.map(QuestionType::name) {
        let mut question = right(kind);
        question["explanation"] = json!("Because");
        let question: Question = serde_json::from_value(question).unwrap();
        let asked = serde_json::to_value(AskedQuestion::from(&question.with_hidden_ids([7; 16]))).unwrap();
        let known: Vec<&str> = asked.as_object().unwrap().keys().map(String::as_str).collect();
        let harmless =
            ["id", "type", "text", "text_html", "points", "options", "gap_count", "left", "right", "items"];
        assert!(known.iter().all(|name| harmless.contains(name)), "{kind}: {known:?}");
    }
}

proptest! {
    /// What an author called "1", "2" and "3" has another name afterwards, which means the same where it is correct.
    #[test]
    fn hidden_ids_name_the_same_and_stay(seed: [u8; 16]) {
        for kind in QuestionType::ALL.map(QuestionType::name) {
            let question: Question = serde_json::from_value(right(kind)).unwrap();
            let hidden = question.clone().with_hidden_ids(seed);
            let mut valid = Validation::new();
            hidden.check("", &mut valid);
            prop_assert!(valid.into_result().is_ok(), "{}", kind);
            let text = |items: &Option<Vec<Item>>, id: &str| {
                items.iter().flatten().find(|item| item.id == id).map(|item| item.text.clone())
            };
            if let (Some(Correct::Ids(before)), Some(Correct::Ids(after))) = (&question.correct, &hidden.correct) {
                for (before, after) in before.iter().zip(after) {
                    prop_assert_ne!(before, after);
                    prop_assert_eq!(text(&question.options, before), text(&hidden.options, after));
                    prop_assert_eq!(text(&question.items, before), text(&hidden.items, after));
                }
            }
            for (before, after) in question.pairs.iter().flatten().zip(hidden.pairs.iter().flatten()) {
                prop_assert_eq!(text(&question.left, &before.0), text(&hidden.left, &after.0));
                prop_assert_eq!(text(&question.right, &before.1), text(&hidden.right, &after.1));
            }
            prop_assert_eq!(hidden.clone().with_hidden_ids([0; 16]), hidden);
        }
    }

    /// Whatever the order in which it was written, the order in which it is asked is that of random names.
    #[test]
    fn the_order_of_what_is_asked_is_that_of_its_names(seed: [u8; 16]) {
        let ids: Vec<String> = (0..12).map(|number| number.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let question = json!({ "type": "ordering", "text": "?", "items": items(&ids), "correct": ids });
        let question: Question = serde_json::from_value(question).unwrap();
        let hidden = question.with_hidden_ids(seed);
        let asked = AskedQuestion::from(&hidden).items.unwrap();
        prop_assert!(asked.is_sorted_by(|one, other| one.id <= other.id));
        // One time in 479,001,600.
        prop_assert_ne!(&asked, hidden.items.as_ref().unwrap());
    }
}
