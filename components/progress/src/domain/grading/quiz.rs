//! A quiz of a published version, as `courses` tells it: with the answers. It never changes.

use std::collections::BTreeMap;

use lyceum_kit::prelude::{Timestamp, Uuid};
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::points::Points;

text_enum! {
    /// Which of several attempts counts.
    pub(crate) enum Scoring {
        /// The best one.
        Best = "best",
        /// The last one.
        Last = "last",
        /// The mean of all of them.
        Average = "average",
        /// The first one.
        First = "first",
    }
}

text_enum! {
    /// When a learner is told which answers are right.
    pub(crate) enum Feedback {
        /// As soon as the attempt is handed in.
        AfterSubmit = "after_submit",
        /// Once the quiz is closed.
        AfterClose = "after_close",
        /// Never: they see their score alone.
        Never = "never",
    }
}

fn best() -> Scoring {
    Scoring::Best
}

fn after_submit() -> Feedback {
    Feedback::AfterSubmit
}

fn yes() -> bool {
    true
}

/// A quiz.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Quiz {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    /// Seconds for an attempt; 0 if there is no limit.
    #[serde(default)]
    pub(crate) time_limit: u32,
    /// Seconds after the limit within which what is handed in still counts.
    #[serde(default)]
    pub(crate) grace: u32,
    /// How many attempts there are; 0 if as many as one likes.
    #[serde(default)]
    pub(crate) attempts_allowed: u32,
    #[serde(default = "best")]
    pub(crate) scoring: Scoring,
    /// In percent.
    #[serde(default)]
    pub(crate) passing_score: Points,
    /// Whether questions and options stand in another order for each attempt.
    #[serde(default)]
    pub(crate) shuffle_questions: bool,
    #[serde(default = "after_submit")]
    pub(crate) feedback: Feedback,
    #[serde(default)]
    pub(crate) opens_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) closes_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) questions: Vec<Question>,
    /// How many questions are drawn from which pool, besides.
    #[serde(default)]
    pub(crate) draws: Vec<Draw>,
    /// The questions of banks as they were when the version was published.
    #[serde(default)]
    pub(crate) pools: Vec<Pool>,
    /// The texts of questions as HTML, by id. A quiz that was kept before `courses` told them has none.
    #[serde(default)]
    pub(crate) texts_html: BTreeMap<String, String>,
}

/// So many questions of a bank.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Draw {
    pub(crate) bank_id: Uuid,
    pub(crate) count: usize,
}

/// The questions of a bank.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Pool {
    pub(crate) bank_id: Uuid,
    pub(crate) questions: Vec<Question>,
}

/// What is asked, and what is right.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Question {
    pub(crate) id: String,
    /// For a fill-in with `{{1}}` where its gaps are.
    #[serde(default)]
    pub(crate) text: String,
    pub(crate) points: Points,
    #[serde(default)]
    pub(crate) explanation: Option<String>,
    #[serde(flatten)]
    pub(crate) kind: Kind,
}

/// Something to choose, to match or to put in order.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
pub(crate) struct Choice {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// What a gap may be filled with.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Gap {
    pub(crate) accepted: Vec<String>,
}

/// How a tolerance is meant.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ToleranceKind {
    /// So much more or less.
    #[default]
    Absolute,
    /// So much of the right number more or less: 0.05 is 5 percent.
    Relative,
}

/// What is right, by the kind of the question.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Kind {
    SingleChoice {
        options: Vec<Choice>,
        correct: Vec<String>,
    },
    MultipleChoice {
        options: Vec<Choice>,
        correct: Vec<String>,
        #[serde(default)]
        partial: bool,
    },
    TrueFalse {
        correct: bool,
    },
    Numeric {
        correct: Exact,
        #[serde(default)]
        tolerance: Exact,
        #[serde(default)]
        tolerance_kind: ToleranceKind,
    },
    ShortAnswer {
        accepted: Vec<String>,
        #[serde(default)]
        case_sensitive: bool,
    },
    FillIn {
        gaps: Vec<Gap>,
        #[serde(default)]
        case_sensitive: bool,
        #[serde(default = "yes")]
        partial: bool,
    },
    Matching {
        left: Vec<Choice>,
        right: Vec<Choice>,
        pairs: Vec<(String, String)>,
        #[serde(default = "yes")]
        partial: bool,
    },
    Ordering {
        items: Vec<Choice>,
        correct: Vec<String>,
        #[serde(default)]
        partial: bool,
    },
    Essay {},
}

impl Kind {
    /// The word of the contract.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::SingleChoice { .. } => "single-choice",
            Self::MultipleChoice { .. } => "multiple-choice",
            Self::TrueFalse { .. } => "true-false",
            Self::Numeric { .. } => "numeric",
            Self::ShortAnswer { .. } => "short-answer",
            Self::FillIn { .. } => "fill-in",
            Self::Matching { .. } => "matching",
            Self::Ordering { .. } => "ordering",
            Self::Essay {} => "essay",
        }
    }
}

/// A number of any size as it was written: a text, or a number of JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Exact(pub(crate) String);

impl Default for Exact {
    fn default() -> Self {
        Self("0".to_owned())
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(serde_json::Number),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Self(text),
            Written::Number(number) => Self(number.to_string()),
        })
    }
}

impl Quiz {
    /// What there is to be had: of what is drawn, that of the first ones of each pool.
    pub(crate) fn points_possible(&self) -> Points {
        let drawn = self.draws.iter().flat_map(|draw| {
            let pool = self.pools.iter().find(|pool| pool.bank_id == draw.bank_id);
            pool.into_iter().flat_map(|pool| &pool.questions).take(draw.count).map(|question| question.points)
        });
        Points::sum(self.questions.iter().map(|question| question.points).chain(drawn))
    }
}
