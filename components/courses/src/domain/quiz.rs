//! Quizzes: what lessons of type `quiz` hold. A quiz has the id of its lesson, in each version.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decimal::Decimal;
use super::question::{AskedQuestion, Question, Seed};

const QUESTIONS: usize = 200;
const DRAWS: usize = 5;
/// Of the questions of a quiz or a bank, as JSON in bytes.
const SIZE: usize = 300_000;
/// A week, in seconds.
const TIME_LIMIT: i64 = 604_800;
/// An hour, in seconds.
const GRACE: i64 = 3_600;
const ATTEMPTS: i64 = 1_000;

text_enum! {
    /// Which of several attempts counts.
    pub(crate) enum Scoring {
        /// The best one.
        Best = "best",
        /// The last one.
        Last = "last",
        /// What they reach on average.
        Average = "average",
        /// The first one.
        First = "first",
    }
}

text_enum! {
    /// When learners are told what was correct.
    pub(crate) enum Feedback {
        /// Once they handed an attempt in.
        AfterSubmit = "after_submit",
        /// Once the quiz is closed.
        AfterClose = "after_close",
        /// Not at all.
        Never = "never",
    }
}

const fn best() -> Scoring {
    Scoring::Best
}

const fn after_submit() -> Feedback {
    Feedback::AfterSubmit
}

/// What an instructor says of a quiz. What isn't given is 0, false or nothing, or as its description says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuizFields {
    /// In seconds, up to a week; 0 for none.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 604_800)]
    pub(crate) time_limit: i64,
    /// How long after that an attempt is still taken, in seconds, up to an hour.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 3_600)]
    pub(crate) grace: i64,
    /// Up to 1,000; 0 for as many as one likes.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000)]
    pub(crate) attempts_allowed: i64,
    /// `best` if not given.
    #[serde(default = "best")]
    pub(crate) scoring: Scoring,
    /// What is enough, in percent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub(crate) passing_score: i64,
    /// Whether each attempt has its own order of questions and options.
    #[serde(default)]
    pub(crate) shuffle_questions: bool,
    /// `after_submit` if not given; `after_close` needs a time to close.
    #[serde(default = "after_submit")]
    pub(crate) feedback: Feedback,
    pub(crate) opens_at: Option<Timestamp>,
    /// After it opens.
    pub(crate) closes_at: Option<Timestamp>,
    /// Those that are asked in every attempt: at most 200.
    #[serde(default)]
    pub(crate) questions: Vec<Question>,
    /// Those that are drawn anew for each attempt: of at most 5 banks, none twice. There is a question, or a draw.
    #[serde(default)]
    pub(crate) draws: Vec<Draw>,
}

/// Questions of a bank.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draw {
    /// A bank of the course.
    pub(crate) bank_id: Uuid,
    /// How many of its questions, at most as many as it has.
    #[schema(minimum = 1, maximum = 200)]
    pub(crate) count: i64,
}

impl QuizFields {
    pub(super) fn check(&self, at: &str, valid: &mut Validation) {
        for (name, number, most) in [
            ("time_limit", self.time_limit, TIME_LIMIT),
            ("grace", self.grace, GRACE),
            ("attempts_allowed", self.attempts_allowed, ATTEMPTS),
            ("passing_score", self.passing_score, 100),
        ] {
            let violation = || Violation::new("OUT_OF_RANGE", format!("Must be from 0 to {most}."));
            let inside = (0..=most).contains(&number);
            valid.take(&format!("{at}/{name}"), if inside { Ok(()) } else { Err(violation()) });
        }
        let closes = format!("{at}/closes_at");
        let in_order = self.opens_at.zip(self.closes_at).is_none_or(|(opens, closes)| opens < closes);
        valid.check(&closes, in_order, "OUT_OF_RANGE", "Must be after it opens.");
        let told = self.feedback != Feedback::AfterClose || self.closes_at.is_some();
        valid.check(&closes, told, "REQUIRED", "What is told after it closes needs a time to close.");
        let asks = !self.questions.is_empty() || !self.draws.is_empty();
        valid.check(&format!("{at}/questions"), asks, "REQUIRED", "A quiz asks something.");
        check_questions(&format!("{at}/questions"), &self.questions, QUESTIONS, valid);
        self.check_draws(&format!("{at}/draws"), valid);
    }

    fn check_draws(&self, at: &str, valid: &mut Validation) {
        valid.check(at, self.draws.len() <= DRAWS, "TOO_MANY", "Of at most 5 banks.");
        let banks: BTreeSet<Uuid> = self.draws.iter().map(|draw| draw.bank_id).collect();
        valid.check(at, banks.len() == self.draws.len(), "REPEATED", "A bank is there twice.");
        for (place, draw) in self.draws.iter().enumerate() {
            let some = (1..=200).contains(&draw.count);
            valid.check(&format!("{at}/{place}/count"), some, "OUT_OF_RANGE", "Must be from 1 to 200.");
        }
    }

    /// Whether its banks have what is drawn of them, by how much each has.
    pub(crate) fn check_banks(&self, known: &BTreeMap<Uuid, i64>) -> Result<(), Invalid> {
        let mut valid = Validation::new();
        for (place, draw) in self.draws.iter().enumerate() {
            let at = format!("/content/quiz/draws/{place}");
            let has = known.get(&draw.bank_id).copied();
            valid.check(
                &format!("{at}/bank_id"),
                has.is_some(),
                "UNKNOWN_BANK",
                "The course has no such bank.",
            );
            let enough = has.is_none_or(|has| has >= draw.count);
            valid.check(&format!("{at}/count"), enough, "TOO_MANY", "The bank has fewer questions.");
        }
        valid.into_result()
    }

    /// With ids of options and items that tell nothing.
    pub(crate) fn with_hidden_ids(self, seed: Seed) -> Self {
        Self { questions: hidden(self.questions, seed), ..self }
    }
}

/// With ids of options and items that tell nothing.
pub(crate) fn hidden(questions: Vec<Question>, seed: Seed) -> Vec<Question> {
    questions.into_iter().map(|question| question.with_hidden_ids(seed)).collect()
}

/// Notes all that is wrong with the questions at this pointer.
pub(super) fn check_questions(at: &str, questions: &[Question], most: usize, valid: &mut Validation) {
    let many = || Violation::new("TOO_MANY", format!("At most {most}."));
    valid.take(at, if questions.len() <= most { Ok(()) } else { Err(many()) });
    let ids: BTreeSet<Uuid> = questions.iter().map(|question| question.id).collect();
    valid.check(at, ids.len() == questions.len(), "REPEATED", "Two have the same id.");
    let size = serde_json::to_string(questions).map_or(usize::MAX, |text| text.len());
    valid.check(at, size <= SIZE, "TOO_LARGE", "At most 300,000 bytes as JSON.");
    for (place, question) in questions.iter().enumerate() {
        question.check(&format!("{at}/{place}"), valid);
    }
}

/// A quiz as it is shown: whole to those who write it, and without what tells an answer to others.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum QuizView {
    /// As it was written.
    Whole(Box<QuizFields>),
    /// As it is asked.
    Asked(Box<AskedQuiz>),
}

/// A quiz as learners see it: nothing in it tells an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskedQuiz {
    /// In seconds; 0 for none.
    time_limit: i64,
    /// In seconds.
    grace: i64,
    /// 0 for as many as one likes.
    attempts_allowed: i64,
    scoring: Scoring,
    /// In percent.
    passing_score: i64,
    shuffle_questions: bool,
    feedback: Feedback,
    opens_at: Option<Timestamp>,
    closes_at: Option<Timestamp>,
    /// With those that are drawn.
    question_count: i64,
    /// How many of these are drawn for each attempt.
    drawn_count: i64,
    /// Of those that are asked in every attempt.
    points: Decimal,
    /// Those that are asked in every attempt. Null before the quiz opens, and if it has a time limit: then an attempt has them.
    questions: Option<Vec<AskedQuestion>>,
}

impl AskedQuiz {
    /// As it is asked at this moment.
    pub(crate) fn of(quiz: &QuizFields, now: Timestamp) -> Self {
        let drawn_count = quiz.draws.iter().map(|draw| draw.count).sum();
        let open = quiz.time_limit == 0 && quiz.opens_at.is_none_or(|opens| opens <= now);
        Self {
            time_limit: quiz.time_limit,
            grace: quiz.grace,
            attempts_allowed: quiz.attempts_allowed,
            scoring: quiz.scoring,
            passing_score: quiz.passing_score,
            shuffle_questions: quiz.shuffle_questions,
            feedback: quiz.feedback,
            opens_at: quiz.opens_at,
            closes_at: quiz.closes_at,
            question_count: i64::try_from(quiz.questions.len()).unwrap_or(i64::MAX) + drawn_count,
            drawn_count,
            points: Decimal::sum(quiz.questions.iter().map(|question| question.points)),
            questions: open.then(|| quiz.questions.iter().map(AskedQuestion::from).collect()),
        }
    }
}

/// The questions of a bank as a version has them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Pool {
    pub(crate) bank_id: Uuid,
    pub(crate) questions: Vec<Question>,
}

/// A quiz of a published version, with its answers: for services alone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PublishedQuiz {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
    pub(crate) module_id: Uuid,
    pub(crate) lesson_id: Uuid,
    pub(crate) title: String,
    #[serde(flatten)]
    pub(crate) fields: QuizFields,
    /// What is drawn from.
    pub(crate) pools: Vec<Pool>,
    /// The texts of all questions as HTML that may be put into a page, by the question's id.
    pub(crate) texts_html: BTreeMap<Uuid, String>,
}

impl PublishedQuiz {
    /// What its questions ask, as HTML.
    pub(crate) fn texts_html(fields: &QuizFields, pools: &[Pool]) -> BTreeMap<Uuid, String> {
        let drawn = pools.iter().flat_map(|pool| &pool.questions);
        fields.questions.iter().chain(drawn).map(|question| (question.id, question.text_html())).collect()
    }
}
