//! What an attempt came to.

use std::collections::BTreeMap;

use lyceum_kit::prelude::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::draw::Asked;
use super::fraction::Fraction;
use super::points::Points;

/// What somebody gave for an answer by hand, whatever it was worth before.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
pub(crate) struct HandMark {
    pub(crate) points: Points,
    pub(crate) feedback: Option<String>,
    pub(crate) graded_at: Timestamp,
}

/// Given by hand, by the question's id.
pub(crate) type HandMarks = BTreeMap<String, HandMark>;

/// What the answer to one question came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marked<'a> {
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) answer: Option<&'a Answer>,
    /// None as long as somebody has to read it.
    pub(crate) points: Option<Fraction>,
    pub(crate) by_hand: Option<&'a HandMark>,
}

impl<'a> Marked<'a> {
    /// The same for the questions of an attempt, in their order.
    pub(crate) fn all(asked: &'a [Asked<'a>], answers: &'a [Answer], marks: &'a HandMarks) -> Vec<Self> {
        asked
            .iter()
            .map(|asked| {
                let question = asked.question;
                let answer = answers.iter().find(|answer| answer.question_id == question.id);
                let by_hand = marks.get(&question.id);
                let points = match by_hand {
                    Some(mark) => Some(Fraction::from(mark.points)),
                    None => question.share(answer).map(|share| share * question.points.into()),
                };
                Self { asked, answer: answer.filter(|answer| !answer.is_empty()), points, by_hand }
            })
            .collect()
    }

    /// Whether it has all points that there are for it; none as long as somebody has to read it.
    pub(crate) fn correct(&self) -> Option<bool> {
        self.points.as_ref().map(|points| *points >= Fraction::from(self.asked.question.points))
    }
}

/// What an attempt came to as a whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) earned: Fraction,
    pub(crate) possible: Fraction,
    pub(crate) total: i64,
    pub(crate) correct: i64,
    /// Answered, and not all right.
    pub(crate) incorrect: i64,
    pub(crate) unanswered: i64,
    /// Somebody has to read them.
    pub(crate) awaiting: i64,
}

impl Outcome {
    pub(crate) fn of(marked: &[Marked<'_>]) -> Self {
        let count = |is: &dyn Fn(&Marked<'_>) -> bool| {
            i64::try_from(marked.iter().filter(|marked| is(marked)).count()).unwrap_or(i64::MAX)
        };
        Self {
            earned: marked.iter().filter_map(|marked| marked.points.clone()).sum(),
            possible: marked.iter().map(|marked| Fraction::from(marked.asked.question.points)).sum(),
            total: count(&|_| true),
            correct: count(&|marked| marked.answer.is_some() && marked.correct() == Some(true)),
            incorrect: count(&|marked| marked.answer.is_some() && marked.correct() == Some(false)),
            unanswered: count(&|marked| marked.answer.is_none()),
            awaiting: count(&|marked| marked.points.is_none()),
        }
    }

    /// The share of all points; nothing where there are none.
    pub(crate) fn share(&self) -> Fraction {
        self.earned.over(&self.possible).unwrap_or_else(Fraction::zero)
    }
}

/// Whether a share is enough: by the exact number, not by the one that is shown.
pub(crate) fn passes(share: &Fraction, passing_score: Points) -> bool {
    *share >= Fraction::of_percent(passing_score)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::grading::quiz::Quiz;

    const ID: &str = "01890000-0000-7000-8000-0000000000b1";

    fn quiz() -> Quiz {
        let truth = |id: &str| json!({ "id": id, "points": 1, "type": "true-false", "correct": true });
        serde_json::from_value(json!({
            "id": ID, "title": "Bread", "passing_score": "66.67",
            "questions": [truth("a"), truth("b"), { "id": "c", "points": "1", "type": "essay" }],
        }))
        .unwrap()
    }

    fn answers(given: &[(&str, &str)]) -> Vec<Answer> {
        let answer = |(id, text): &(&str, &str)| Answer {
            question_id: (*id).to_owned(),
            selected_options: if *id == "c" { Vec::new() } else { vec![(*text).to_owned()] },
            text_response: (*id == "c").then(|| (*text).to_owned()),
            ..Answer::default()
        };
        given.iter().map(answer).collect()
    }

    #[test]
    fn an_essay_waits_for_somebody_who_reads_it_and_what_is_given_by_hand_counts() {
        let (quiz, answers) = (quiz(), answers(&[("a", "true"), ("b", "false"), ("c", "It rose.")]));
        let asked = quiz.asked(0);
        let waiting = Outcome::of(&Marked::all(&asked, &answers, &HandMarks::new()));
        assert_eq!((waiting.correct, waiting.incorrect, waiting.unanswered, waiting.awaiting), (1, 1, 0, 1));
        let graded_at = Timestamp::from_micros(0);
        let mark = |points: &str| HandMark { points: points.parse().unwrap(), feedback: None, graded_at };
        let marks = HandMarks::from([("b".to_owned(), mark("0.5")), ("c".to_owned(), mark("0.5"))]);
        let done = Outcome::of(&Marked::all(&asked, &answers, &marks));
        assert_eq!((done.share(), done.awaiting), (Fraction::part(2, 3), 0));
        // 66.66.. is shown as 66.67, and is less.
        assert_eq!(done.share().in_percent().shown(), "66.67");
        assert!(!passes(&done.share(), quiz.passing_score));
    }

    #[test]
    fn what_has_no_answer_has_nothing_and_waits_for_nobody() {
        let quiz = quiz();
        let asked = quiz.asked(0);
        let none = Outcome::of(&Marked::all(&asked, &[], &HandMarks::new()));
        assert_eq!((none.share(), none.unanswered, none.awaiting), (Fraction::zero(), 3, 0));
        let empty = Outcome::of(&[]);
        assert!(empty.share().is_zero() && passes(&empty.share(), Points::ZERO));
    }
}
