//! What is shown of the questions of an attempt: never an answer before its time.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::draw::Asked;
use super::fraction::Fraction;
use super::points::Points;
use super::quiz::{Choice, Kind, Quiz};
use super::result::Marked;

/// A question as it is asked, in the form in which its lesson shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct QuestionView {
    id: String,
    /// `single-choice`, `multiple-choice`, `true-false`, `numeric`, `short-answer`, `fill-in`, `matching`, `ordering` or
    /// `essay`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// For a `fill-in` with `{{1}}` where its gaps are.
    text: String,
    /// The text as HTML that may be put into a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    text_html: Option<String>,
    points: Points,
    /// To choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Vec<Choice>>,
    /// To be matched with one on the right each.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Vec<Choice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<Vec<Choice>>,
    /// How many gaps there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_count: Option<usize>,
    /// To be put in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Choice>>,
}

impl QuestionView {
    /// As the attempt with this seed shows it.
    pub(crate) fn of(asked: &Asked<'_>, seed: i64, quiz: &Quiz) -> Self {
        let question = asked.question;
        let (mut options, mut left, mut right) = (None, None, None);
        let (mut gap_count, mut items) = (None, None);
        match &question.kind {
            Kind::SingleChoice { options: choices, .. } | Kind::MultipleChoice { options: choices, .. } => {
                let shuffled = quiz.shuffle_questions;
                options = Some(if shuffled { asked.options(choices, seed) } else { choices.clone() });
            }
            // As they stand there, they might be in the right order.
            Kind::Ordering { items: all, .. } => items = Some(asked.options(all, seed)),
            Kind::Matching { left: on_left, right: on_right, .. } => {
                left = Some(on_left.clone());
                right = Some(asked.right(on_right, seed));
            }
            Kind::FillIn { gaps, .. } => gap_count = Some(gaps.len()),
            Kind::TrueFalse { .. } | Kind::Numeric { .. } | Kind::ShortAnswer { .. } | Kind::Essay {} => {}
        }
        Self {
            id: question.id.clone(),
            kind: question.kind.name(),
            text: question.text.clone(),
            text_html: quiz.texts_html.get(&question.id).cloned(),
            points: question.points,
            options,
            left,
            right,
            gap_count,
            items,
        }
    }
}

/// What is right, in the form of an answer; of texts, all that is accepted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RightView {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    selected_options: Vec<String>,
    /// Texts, or the number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<String>,
    /// What each gap may be filled with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pairs: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    explanation: Option<String>,
}

impl RightView {
    fn of(asked: &Asked<'_>) -> Self {
        let explanation = asked.question.explanation.clone();
        let mut right = Self {
            selected_options: Vec::new(),
            accepted: Vec::new(),
            gaps: Vec::new(),
            pairs: Vec::new(),
            order: Vec::new(),
            explanation,
        };
        match &asked.question.kind {
            Kind::SingleChoice { correct, .. } | Kind::MultipleChoice { correct, .. } => {
                right.selected_options.clone_from(correct);
            }
            Kind::TrueFalse { correct } => right.selected_options = vec![correct.to_string()],
            Kind::Numeric { correct, .. } => right.accepted = vec![correct.0.clone()],
            Kind::ShortAnswer { accepted, .. } => right.accepted.clone_from(accepted),
            Kind::FillIn { gaps, .. } => right.gaps = gaps.iter().map(|gap| gap.accepted.clone()).collect(),
            Kind::Matching { pairs, .. } => right.pairs.clone_from(pairs),
            Kind::Ordering { correct, .. } => right.order.clone_from(correct),
            Kind::Essay {} => {}
        }
        right
    }
}

/// What somebody answered, and what of it may be told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ResponseView {
    question_id: String,
    /// None if there is none.
    answer: Option<Answer>,
    /// How many points it has. Told when the quiz allows it; none as long as somebody has to read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<Fraction>,
    /// Whether it has all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    correct: Option<bool>,
    /// What whoever read it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<String>,
    /// What is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<RightView>,
}

impl ResponseView {
    /// With what it is worth and what is right only if that may be told.
    pub(crate) fn of(marked: &Marked<'_>, told: bool) -> Self {
        Self {
            question_id: marked.asked.question.id.clone(),
            answer: marked.answer.cloned(),
            score: marked.points.clone().filter(|_| told),
            correct: marked.correct().filter(|_| told),
            feedback: marked.by_hand.and_then(|mark| mark.feedback.clone()).filter(|_| told),
            right: told.then(|| RightView::of(marked.asked)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::grading::quiz::Quiz;
    use crate::domain::grading::result::HandMarks;

    /// Every right answer, and every explanation, has the word `right` in it.
    fn quiz() -> Quiz {
        let some = |ids: &[&str]| ids.iter().map(|id| json!({ "id": id, "text": id })).collect::<Value>();
        let mut quiz = json!({
            "id": "01890000-0000-7000-8000-0000000000b1", "title": "Bread",
            "questions": [
                { "type": "single-choice", "options": some(&["a", "b"]), "correct": ["right"] },
                { "type": "multiple-choice", "options": some(&["a", "b"]), "correct": ["right"], "partial": true },
                { "type": "short-answer", "accepted": ["right"] },
                { "type": "numeric", "correct": "4711" },
                { "type": "fill-in", "gaps": [{ "accepted": ["right"] }] },
                { "type": "matching", "left": some(&["a"]), "right": some(&["x"]), "pairs": [["a", "right"]] },
                { "type": "ordering", "items": some(&["a", "b", "c", "d", "e"]), "correct": ["right"] },
                { "type": "true-false", "correct": true },
                { "type": "essay" },
            ],
        });
        for (at, question) in quiz["questions"].as_array_mut().unwrap().iter_mut().enumerate() {
            question["id"] = json!(format!("q{at}"));
            question["points"] = json!("1");
            question["explanation"] = json!("right");
        }
        serde_json::from_value(quiz).unwrap()
    }

    #[test]
    fn no_answer_is_in_what_is_asked_and_all_of_them_are_in_what_is_told_afterwards() {
        let quiz = quiz();
        let asked = quiz.asked(1);
        let views: Vec<QuestionView> = asked.iter().map(|asked| QuestionView::of(asked, 1, &quiz)).collect();
        let text = serde_json::to_string(&views).unwrap();
        assert!(
            !text.contains("\"right\"]") && !text.contains(":\"right\"") && !text.contains("4711"),
            "{text}"
        );
        let marks = HandMarks::new();
        let responses = |told: bool| -> Vec<Value> {
            let marked = Marked::all(&asked, &[], &marks);
            marked.iter().map(|marked| json!(ResponseView::of(marked, told))).collect()
        };
        for (closed, open) in responses(false).iter().zip(responses(true)) {
            assert_eq!(*closed, json!({ "question_id": open["question_id"], "answer": null }));
            assert_eq!((&open["right"]["explanation"], &open["score"]), (&json!("right"), &json!("0.00")));
        }
    }

    #[test]
    fn items_to_be_put_in_order_never_stand_as_they_were_written_for_everybody() {
        let quiz = quiz();
        let ids = |seed: i64| {
            let asked = quiz.asked(seed);
            json!(QuestionView::of(&asked[6], seed, &quiz))["items"].clone()
        };
        assert!((0..20).any(|seed| ids(seed) != ids(0)));
        assert_eq!(ids(3), ids(3));
    }
}
