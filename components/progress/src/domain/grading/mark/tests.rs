use serde_json::{Value, json};

use super::*;

fn question(mut kind: Value) -> Question {
    kind["id"] = json!("q");
    kind["points"] = json!("2");
    serde_json::from_value(kind).unwrap()
}

/// The share, exact, of an answer that is one to this question.
fn share(question: &Question, mut answer: Value) -> String {
    answer["question_id"] = json!("q");
    let answer: Answer = serde_json::from_value(answer).unwrap();
    question.accepts(&answer).unwrap();
    question.share(Some(&answer)).unwrap().to_string()
}

fn refused(question: &Question, mut answer: Value) -> bool {
    answer["question_id"] = json!("q");
    question.accepts(&serde_json::from_value(answer).unwrap()).is_err()
}

fn options(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({ "id": id, "text": id })).collect()
}

#[test]
fn of_a_single_choice_the_right_one_has_all_and_any_other_nothing() {
    let one = question(
        json!({ "type": "single-choice", "options": options(&["a", "b"]), "correct": ["b"], "partial": false }),
    );
    assert_eq!(share(&one, json!({ "selected_options": ["b"] })), "1");
    assert_eq!(share(&one, json!({ "selected_options": ["a"] })), "0");
    assert_eq!(share(&one, json!({})), "0");
    assert!(refused(&one, json!({ "selected_options": ["a", "b"] })));
    assert!(refused(&one, json!({ "selected_options": ["c"] })));
    assert!(refused(&one, json!({ "text_response": "b" })));
    assert_eq!(one.share(None), Some(Fraction::zero()));
}

#[test]
fn of_a_multiple_choice_all_right_ones_count_and_in_parts_each_wrong_one_takes_one_back() {
    let kind = |partial: bool| {
        let options = options(&["a", "b", "c", "d"]);
        question(
            json!({ "type": "multiple-choice", "options": options, "correct": ["a", "b", "c"], "partial": partial }),
        )
    };
    for (given, all, part) in [
        (vec!["c", "a", "b"], "1", "1"),
        (vec!["a", "b"], "0", "2/3"),
        (vec!["a", "b", "d"], "0", "1/3"),
        (vec!["a", "b", "c", "d"], "0", "2/3"),
        (vec!["d"], "0", "0"),
    ] {
        let answer = json!({ "selected_options": given });
        assert_eq!(share(&kind(false), answer.clone()), all);
        assert_eq!(share(&kind(true), answer), part);
    }
    assert!(refused(&kind(true), json!({ "selected_options": ["a", "a"] })));
}

#[test]
fn true_is_not_false() {
    let truth = question(json!({ "type": "true-false", "correct": false }));
    assert_eq!(share(&truth, json!({ "selected_options": ["false"] })), "1");
    assert_eq!(share(&truth, json!({ "selected_options": ["true"] })), "0");
    assert!(refused(&truth, json!({ "selected_options": ["no"] })));
}

#[test]
fn a_number_may_be_as_far_away_as_the_tolerance_and_no_further() {
    let near = |correct: &str, tolerance: Value, kind: &str| {
        question(
            json!({ "type": "numeric", "correct": correct, "tolerance": tolerance, "tolerance_kind": kind }),
        )
    };
    let is = |question: &Question, text: &str| share(question, json!({ "text_response": text })) == "1";
    let absolute = near("0.3", json!("0.1"), "absolute");
    assert!(is(&absolute, "0.2") && is(&absolute, "0.40") && is(&absolute, "4e-1"));
    assert!(
        !is(&absolute, "0.400001") && !is(&absolute, "-0.3") && !is(&absolute, "0,3") && !is(&absolute, "x")
    );
    let relative = near("-200", json!(0.05), "relative");
    assert!(
        is(&relative, "-190") && is(&relative, "-210") && !is(&relative, "-189.9") && !is(&relative, "200")
    );
    let exact = question(json!({ "type": "numeric", "correct": "1500" }));
    assert!(is(&exact, "1.5e3") && is(&exact, "1500.0") && !is(&exact, "1500.0001"));
}

#[test]
fn a_short_answer_is_taken_without_case_and_spaces_but_with_its_accents() {
    let kind = |case_sensitive: bool| {
        question(
            json!({ "type": "short-answer", "accepted": ["Stra\u{df}e", "caf\u{e9} au lait"], "case_sensitive": case_sensitive }),
        )
    };
    let is = |question: &Question, text: &str| share(question, json!({ "text_response": text })) == "1";
    for text in ["STRASSE", " stra\u{df}e ", "Cafe\u{301}  au\tlait"] {
        assert!(is(&kind(false), text), "{text}");
    }
    assert!(!is(&kind(false), "cafe au lait"));
    assert!(is(&kind(true), "cafe\u{301} au lait") && !is(&kind(true), "Caf\u{e9} au lait"));
}

#[test]
fn gaps_pairs_and_places_count_one_by_one() {
    let gaps = question(json!({
        "type": "fill-in", "text": "{{1}} and {{2}} and {{3}}",
        "gaps": [{ "accepted": ["rye"] }, { "accepted": ["oats", "oat"] }, { "accepted": [""] }],
    }));
    assert_eq!(share(&gaps, json!({ "gaps": ["Rye", " oat "] })), "2/3");
    assert_eq!(share(&gaps, json!({ "gaps": ["oat", "rye", ""] })), "0");
    assert!(refused(&gaps, json!({ "gaps": ["a", "b", "c", "d"] })));
    let pairs = question(json!({
        "type": "matching", "left": options(&["a", "b"]), "right": options(&["x", "y", "z"]),
        "pairs": [["a", "x"], ["b", "y"]],
    }));
    assert_eq!(share(&pairs, json!({ "pairs": [["b", "y"], ["a", "z"]] })), "1/2");
    assert!(refused(&pairs, json!({ "pairs": [["a", "x"], ["a", "y"]] })));
    let order = |partial: bool| {
        let items = options(&["a", "b", "c", "d"]);
        question(
            json!({ "type": "ordering", "items": items, "correct": ["d", "c", "b", "a"], "partial": partial }),
        )
    };
    let almost = json!({ "order": ["d", "c", "a", "b"] });
    assert_eq!(share(&order(false), almost.clone()), "0");
    assert_eq!(share(&order(true), almost), "1/2");
    assert_eq!(share(&order(false), json!({ "order": ["d", "c", "b", "a"] })), "1");
    assert_eq!(share(&order(true), json!({ "order": ["d"] })), "1/4");
}

#[test]
fn an_essay_is_read_by_somebody_unless_there_is_none() {
    let essay = question(json!({ "type": "essay" }));
    let answer = |text: &str| Answer { text_response: Some(text.to_owned()), ..Answer::default() };
    assert_eq!(essay.share(Some(&answer("It was so."))), None);
    assert_eq!(essay.share(Some(&answer("  "))), Some(Fraction::zero()));
    assert_eq!(essay.share(None), Some(Fraction::zero()));
}
