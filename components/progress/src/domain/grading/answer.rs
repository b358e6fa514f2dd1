//! What a learner answers to one question.

use lyceum_kit::prelude::Violation;
use lyceum_kit::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quiz::{Choice, Kind, Question};

/// Characters of an essay.
const ESSAY: usize = 50_000;
/// Characters of any other text.
const LINE: usize = 1_000;
/// A day.
const SECONDS: u32 = 86_400;

/// An answer. Which of its parts is meant, the question's type says.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// The question.
    pub(crate) question_id: String,
    /// `single-choice`, `multiple-choice`: the ids of the options; `true-false`: `true` or `false`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) selected_options: Vec<String>,
    /// `short-answer`, `essay`: the text; `numeric`: the number in figures, with a point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text_response: Option<String>,
    /// `fill-in`: what stands in each gap, in their order; nothing in one is an empty text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) gaps: Vec<String>,
    /// `matching`: pairs of an id on the left and one on the right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pairs: Vec<(String, String)>,
    /// `ordering`: the ids of the items, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) order: Vec<String>,
    /// Seconds that were spent on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time_spent: Option<u32>,
}

/// A part of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    Selected,
    Text,
    Gaps,
    Pairs,
    Order,
}

impl Kind {
    /// In which part of an answer one of this kind is answered.
    const fn answered_by(&self) -> Part {
        match self {
            Self::SingleChoice { .. } | Self::MultipleChoice { .. } | Self::TrueFalse { .. } => {
                Part::Selected
            }
            Self::Numeric { .. } | Self::ShortAnswer { .. } | Self::Essay {} => Part::Text,
            Self::FillIn { .. } => Part::Gaps,
            Self::Matching { .. } => Part::Pairs,
            Self::Ordering { .. } => Part::Order,
        }
    }
}

impl Answer {
    /// The parts that say something.
    fn parts(&self) -> impl Iterator<Item = Part> {
        let says = [
            (Part::Selected, !self.selected_options.is_empty()),
            (Part::Text, self.text_response.as_ref().is_some_and(|text| !text.trim().is_empty())),
            (Part::Gaps, self.gaps.iter().any(|gap| !gap.trim().is_empty())),
            (Part::Pairs, !self.pairs.is_empty()),
            (Part::Order, !self.order.is_empty()),
        ];
        says.into_iter().filter(|(_, says)| *says).map(|(part, _)| part)
    }

    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts().next().is_none()
    }

    /// The text, if there is one.
    pub(crate) fn text(&self) -> &str {
        self.text_response.as_deref().unwrap_or_default()
    }
}

fn wrong(code: &'static str, message: &'static str) -> Violation {
    Violation::new(code, message)
}

fn known<'a>(given: impl Iterator<Item = &'a String>, choices: &[Choice]) -> Result<(), Violation> {
    let mut seen = Vec::new();
    for id in given {
        if !choices.iter().any(|choice| choice.id == *id) {
            return Err(wrong("UNKNOWN_OPTION", "The question has no such option."));
        }
        if seen.contains(&id) {
            return Err(wrong("NAMED_TWICE", "Each may be named once."));
        }
        seen.push(id);
    }
    Ok(())
}

impl Question {
    /// Whether an answer is one to this question, right or not.
    pub(crate) fn accepts(&self, answer: &Answer) -> Result<(), Violation> {
        let part = self.kind.answered_by();
        if answer.parts().any(|given| given != part) {
            return Err(wrong("WRONG_KIND", "This is no answer to a question of this type."));
        }
        if answer.time_spent.is_some_and(|seconds| seconds > SECONDS) {
            return Err(wrong("OUT_OF_RANGE", "At most a day is spent on a question."));
        }
        self.accepts_content(answer)
    }

    fn accepts_content(&self, answer: &Answer) -> Result<(), Violation> {
        match &self.kind {
            Kind::SingleChoice { .. } | Kind::TrueFalse { .. } if answer.selected_options.len() > 1 => {
                Err(wrong("TOO_MANY", "One option is to be chosen."))
            }
            Kind::SingleChoice { options, .. } | Kind::MultipleChoice { options, .. } => {
                known(answer.selected_options.iter(), options)
            }
            Kind::TrueFalse { .. } => {
                let truth = answer.selected_options.iter().all(|id| matches!(id.as_str(), "true" | "false"));
                if truth { Ok(()) } else { Err(wrong("UNKNOWN_OPTION", "Must be true or false.")) }
            }
            Kind::Numeric { .. } | Kind::ShortAnswer { .. } => text::paragraphs(answer.text(), LINE),
            Kind::Essay {} => text::paragraphs(answer.text(), ESSAY),
            Kind::FillIn { gaps, .. } => {
                if answer.gaps.len() > gaps.len() {
                    return Err(wrong("TOO_MANY", "There are not so many gaps."));
                }
                answer.gaps.iter().try_for_each(|gap| text::paragraphs(gap, LINE))
            }
            Kind::Matching { left, right, .. } => {
                known(answer.pairs.iter().map(|(left, _)| left), left)?;
                let on_right = answer.pairs.iter().all(|(_, id)| right.iter().any(|choice| choice.id == *id));
                if on_right {
                    Ok(())
                } else {
                    Err(wrong("UNKNOWN_OPTION", "The question has no such option."))
                }
            }
            Kind::Ordering { items, .. } => known(answer.order.iter(), items),
        }
    }
}
