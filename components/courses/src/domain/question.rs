//! Questions of quizzes and banks: their kinds and what each of them holds.

mod check;
mod hiding;

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::TextFormat;
use super::decimal::Decimal;
use super::markup;
pub(super) use check::points;
pub(crate) use hiding::Seed;

text_enum! {
    /// How a question is answered.
    pub(crate) enum QuestionType {
        /// One of the options.
        SingleChoice = "single-choice",
        /// Any number of the options.
        MultipleChoice = "multiple-choice",
        /// Whether it is true.
        TrueFalse = "true-false",
        /// A number.
        Numeric = "numeric",
        /// A few words.
        ShortAnswer = "short-answer",
        /// Words for the gaps of a text.
        FillIn = "fill-in",
        /// What belongs together.
        Matching = "matching",
        /// The order of things.
        Ordering = "ordering",
        /// A text, which somebody grades.
        Essay = "essay",
    }
}

text_enum! {
    /// What a tolerance is a part of.
    pub(crate) enum ToleranceKind {
        /// Of nothing: it is added and taken away.
        Absolute = "absolute",
        /// Of the correct number: 0.01 is one percent.
        Relative = "relative",
    }
}

/// A question. Each type has its own fields, and is refused with those of others.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// Made if not given; the same question keeps it.
    #[serde(default = "ids::new")]
    pub(crate) id: Uuid,
    #[serde(rename = "type")]
    pub(crate) kind: QuestionType,
    /// What is asked, in Markdown: 1 to 10,000 characters. In that of type `fill-in`, `{{1}}`, `{{2}}` and so on are the gaps.
    pub(crate) text: String,
    /// What a correct answer is worth: from 0 to 10,000, with at most 4 digits behind the point; 1 if not given.
    #[serde(default = "one")]
    pub(crate) points: Decimal,
    /// Why the answer is what it is, in Markdown: at most 10,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) explanation: Option<String>,
    /// Of `single-choice` and `multiple-choice`: 2 to 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) options: Option<Vec<Item>>,
    /// Of both: the ids of the correct options. Of `ordering`: the ids of all items in their order. Of `true-false`: true or
    /// false. Of `numeric`: a decimal number as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) correct: Option<Correct>,
    /// Whether a part of the answer is worth a part of the points. Of `multiple-choice` and `ordering`, where it is not if not given;
    /// and of `fill-in` and `matching`, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) partial: Option<bool>,
    /// Of `numeric`: how far off an answer may be, from 0; 0 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance: Option<Decimal>,
    /// Of `numeric`; `absolute` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance_kind: Option<ToleranceKind>,
    /// Of `short-answer`: 1 to 20 answers that are correct, each of 1 to 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accepted: Option<Vec<String>>,
    /// Of `short-answer` and `fill-in`: whether `Rye` is another answer than `rye`; not if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) case_sensitive: Option<bool>,
    /// Of `fill-in`: what is correct in each gap, in the order of their numbers; 1 to 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gaps: Option<Vec<Gap>>,
    /// Of `matching`: 2 to 20, to each of which one of the right belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) left: Option<Vec<Item>>,
    /// Of `matching`: 2 to 20, to some of which nothing may belong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) right: Option<Vec<Item>>,
    /// Of `matching`: the id of each on the left with the id of what belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pairs: Option<Vec<(String, String)>>,
    /// Of `ordering`: 2 to 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) items: Option<Vec<Item>>,
}

const fn one() -> Decimal {
    Decimal::whole(1)
}

/// Something to choose, to match or to put in order.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    /// By which the question's answer names it: 1 to 36 characters, and no other one's of the question. What isn't 16
    /// hexadecimal digits is replaced by some of them, at random, so that nobody can tell an answer by it.
    pub(crate) id: String,
    /// One line of 1 to 1,000 characters.
    pub(crate) text: String,
}

/// What is correct in a gap.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gap {
    /// 1 to 20 answers, each of 1 to 200 characters.
    pub(crate) accepted: Vec<String>,
}

/// The correct answer, where it is not something else.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Correct {
    /// Of `true-false`.
    Truth(bool),
    /// Of `numeric`.
    Number(String),
    /// Of the other ones.
    Ids(Vec<String>),
}

/// A question as it is asked: nothing in it tells the answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskedQuestion {
    id: Uuid,
    #[serde(rename = "type")]
    kind: QuestionType,
    text: String,
    /// The text as HTML that may be put into a page.
    text_html: String,
    points: Decimal,
    /// Of `single-choice` and `multiple-choice`.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Vec<Item>>,
    /// Of `fill-in`: how many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_count: Option<usize>,
    /// Of `matching`.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Vec<Item>>,
    /// Of `matching`, in an order that means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<Vec<Item>>,
    /// Of `ordering`, in an order that means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Item>>,
}

impl Question {
    /// What it asks, as HTML that may be put into a page.
    pub(super) fn text_html(&self) -> String {
        markup::to_html(TextFormat::Markdown, &self.text)
    }
}

impl From<&Question> for AskedQuestion {
    fn from(question: &Question) -> Self {
        Self {
            id: question.id,
            kind: question.kind,
            text: question.text.clone(),
            text_html: question.text_html(),
            points: question.points,
            options: question.options.clone(),
            gap_count: question.gaps.as_ref().map(Vec::len),
            left: question.left.clone(),
            right: question.right.clone().map(in_no_order),
            items: question.items.clone().map(in_no_order),
        }
    }
}

/// Their ids are random, and so is the order of these.
fn in_no_order(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by(|one, other| one.id.cmp(&other.id));
    items
}

#[cfg(test)]
mod tests;
