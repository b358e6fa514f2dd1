//! Attempts at quizzes: begun, saved, handed in, graded.

use std::time::Duration;

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::Serialize;
use utoipa::ToSchema;

use super::grading::answer::Answer;
use super::grading::fraction::Fraction;
use super::grading::quiz::{Feedback, Quiz};
use super::grading::result::{HandMark, HandMarks, Marked, Outcome, passes};
use super::grading::shown::{QuestionView, ResponseView};

/// One without a limit that nothing happened to for so long is given up.
pub(crate) const IDLE: Duration = Duration::from_hours(14 * 24);

text_enum! {
    /// How far an attempt is.
    pub(crate) enum AttemptStatus {
        /// Answers may be saved.
        InProgress = "in-progress",
        /// It was handed in. It has a score once all answers are graded.
        Completed = "completed",
        /// Nothing happened for two weeks. It counts as an attempt, and has no score.
        Abandoned = "abandoned",
    }
}

/// Where somebody is asked: the quiz in their version of the course.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
    pub(crate) module_id: Uuid,
    pub(crate) lesson_id: Uuid,
}

/// An attempt.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
    pub(crate) module_id: Uuid,
    pub(crate) lesson_id: Uuid,
    pub(crate) quiz_id: Uuid,
    pub(crate) number: i64,
    pub(crate) status: AttemptStatus,
    pub(crate) seed: i64,
    pub(crate) answers: AsJson<Vec<Answer>>,
    pub(crate) hand_marks: AsJson<HandMarks>,
    pub(crate) total_questions: i64,
    pub(crate) correct_answers: i64,
    pub(crate) incorrect_answers: i64,
    pub(crate) unanswered_questions: i64,
    pub(crate) awaiting: i64,
    pub(crate) share: Option<Fraction>,
    pub(crate) points: Option<Fraction>,
    pub(crate) points_possible: Fraction,
    pub(crate) passed: Option<bool>,
    pub(crate) time_spent: i64,
    pub(crate) started_at: Timestamp,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) handed_in_by: Option<Timestamp>,
    pub(crate) last_activity_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) graded_at: Option<Timestamp>,
    pub(crate) version: i64,
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

impl Attempt {
    /// Begins one now. It ends with the quiz's limit, or when the quiz is closed; what is saved or handed in within the grace after
    /// that still counts.
    pub(crate) fn begin(user_id: UserId, place: Place, quiz: &Quiz, number: i64, seed: i64) -> Self {
        let now = clock::now();
        let limit = Duration::from_secs(quiz.time_limit.into());
        let limited = (quiz.time_limit > 0).then(|| now.plus(limit));
        let ends_at = limited.into_iter().chain(quiz.closes_at).min();
        let asked = quiz.asked(seed);
        let none = HandMarks::new();
        let outcome = Outcome::of(&Marked::all(&asked, &[], &none));
        let Place { course_id, course_version, module_id, lesson_id } = place;
        Self {
            id: ids::new(),
            user_id,
            course_id,
            course_version,
            module_id,
            lesson_id,
            quiz_id: quiz.id,
            number,
            status: AttemptStatus::InProgress,
            seed,
            answers: AsJson(Vec::new()),
            hand_marks: AsJson(none),
            total_questions: outcome.total,
            correct_answers: 0,
            incorrect_answers: 0,
            unanswered_questions: outcome.total,
            awaiting: 0,
            share: None,
            points: None,
            points_possible: outcome.possible,
            passed: None,
            time_spent: 0,
            started_at: now,
            ends_at,
            handed_in_by: ends_at.map(|ends_at| ends_at.plus(Duration::from_secs(quiz.grace.into()))),
            last_activity_at: now,
            completed_at: None,
            graded_at: None,
            version: 1,
        }
    }

    /// Whether its time, with the grace, is over.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.handed_in_by.is_some_and(|by| by <= now)
    }

    /// With these answers in place of those that were saved before; or all that is wrong with them.
    pub(crate) fn saved(&self, quiz: &Quiz, answers: Vec<Answer>) -> Result<Self, Invalid> {
        let asked = quiz.asked(self.seed);
        let mut valid = Validation::new();
        for (at, answer) in answers.iter().enumerate() {
            let question = asked.iter().map(|asked| asked.question).find(|one| one.id == answer.question_id);
            let twice = answers.iter().take(at).any(|other| other.question_id == answer.question_id);
            let unknown = || {
                Violation::new("UNKNOWN_QUESTION", "The attempt has no such question, or it is named twice.")
            };
            let question = question.filter(|_| !twice).ok_or_else(unknown);
            if let Some(question) = valid.take(&format!("/answers/{at}/question_id"), question) {
                valid.take(&format!("/answers/{at}"), question.accepts(answer));
            }
        }
        valid.into_result()?;
        let answered = answers.iter().filter(|answer| !answer.is_empty()).count();
        let answered = i64::try_from(answered).unwrap_or(i64::MAX);
        Ok(Self {
            unanswered_questions: self.total_questions - answered,
            answers: AsJson(answers),
            last_activity_at: clock::now(),
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// Handed in with the answers that are saved, and graded as far as that needs nobody.
    pub(crate) fn handed_in(&self, quiz: &Quiz) -> Self {
        let now = clock::now();
        let completed_at = self.handed_in_by.map_or(now, |by| by.min(now));
        let time_spent = seconds(completed_at.since(self.started_at));
        let status = AttemptStatus::Completed;
        Self { status, completed_at: Some(completed_at), time_spent, ..self.clone() }.graded(quiz)
    }

    /// Given up.
    pub(crate) fn abandoned(&self) -> Self {
        Self { status: AttemptStatus::Abandoned, version: self.version + 1, ..self.clone() }
    }

    /// With this mark for an answer, given by hand; none if it has no such question.
    pub(crate) fn with_mark(
        &self,
        quiz: &Quiz,
        question_id: &str,
        mark: HandMark,
    ) -> Option<Result<Self, Invalid>> {
        let asked = quiz.asked(self.seed);
        let question =
            asked.iter().map(|asked| asked.question).find(|question| question.id == question_id)?;
        let fits = !mark.points.is_negative() && mark.points <= question.points;
        let mut valid = Validation::new();
        let wrong = || Violation::new("OUT_OF_RANGE", format!("Must be from 0 to {}.", question.points));
        valid.take("/points", if fits { Ok(()) } else { Err(wrong()) });
        let feedback = lyceum_kit::text::optional(mark.feedback.as_ref(), |text| {
            lyceum_kit::text::paragraphs(text, 5_000)
        });
        valid.take("/feedback", feedback);
        if let Err(invalid) = valid.into_result() {
            return Some(Err(invalid));
        }
        let mut marks = self.hand_marks.0.clone();
        marks.insert(question_id.to_owned(), mark);
        Some(Ok(Self { hand_marks: AsJson(marks), ..self.clone() }.graded(quiz)))
    }

    /// Its next state with what its answers come to.
    fn graded(self, quiz: &Quiz) -> Self {
        let asked = quiz.asked(self.seed);
        let outcome = Outcome::of(&Marked::all(&asked, &self.answers.0, &self.hand_marks.0));
        let done = outcome.awaiting == 0;
        let share = outcome.share();
        Self {
            correct_answers: outcome.correct,
            incorrect_answers: outcome.incorrect,
            unanswered_questions: outcome.unanswered,
            awaiting: outcome.awaiting,
            passed: done.then(|| passes(&share, quiz.passing_score)),
            share: done.then_some(share),
            points: done.then_some(outcome.earned),
            points_possible: outcome.possible,
            graded_at: done.then(clock::now),
            version: self.version + 1,
            ..self
        }
    }

    /// Whether a learner may be told now which answers are right.
    fn is_told(&self, quiz: &Quiz, now: Timestamp) -> bool {
        let over = self.status == AttemptStatus::Completed;
        over && match quiz.feedback {
            Feedback::AfterSubmit => true,
            Feedback::AfterClose => quiz.closes_at.is_some_and(|closes_at| closes_at <= now),
            Feedback::Never => false,
        }
    }
}

/// An attempt as it is shown. As long as its learner isn't to be told which answers are right, it doesn't say how many are.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QuizAttempt)]
pub(crate) struct AttemptView {
    id: Uuid,
    #[schema(value_type = Uuid)]
    user_id: UserId,
    course_id: Uuid,
    course_version: i64,
    module_id: Uuid,
    lesson_id: Uuid,
    quiz_id: Uuid,
    /// Of this person at this quiz, from 1.
    attempt_number: i64,
    status: AttemptStatus,
    /// In percent. None before it is handed in, and as long as somebody has to read answers.
    score: Option<Fraction>,
    points: Option<Fraction>,
    points_possible: Fraction,
    passed: Option<bool>,
    total_questions: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    correct_answers: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incorrect_answers: Option<i64>,
    unanswered_questions: i64,
    /// How many answers somebody has to read.
    awaiting: i64,
    /// Seconds from the beginning to when it was handed in.
    time_spent: i64,
    started_at: Timestamp,
    /// When its time is over; none if it isn't limited.
    ends_at: Option<Timestamp>,
    /// When what is saved is handed in: the grace after that.
    handed_in_by: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    graded_at: Option<Timestamp>,
    /// What is asked, in the attempt's order. Only of an attempt that is read by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    questions: Option<Vec<QuestionView>>,
    /// What was answered, in the same order.
    #[serde(skip_serializing_if = "Option::is_none")]
    responses: Option<Vec<ResponseView>>,
}

impl AttemptView {
    /// Without questions and answers, and how many of them are right.
    pub(crate) fn brief(attempt: &Attempt) -> Self {
        let Attempt { id, user_id, course_id, course_version, module_id, lesson_id, quiz_id, .. } = *attempt;
        Self {
            id,
            user_id,
            course_id,
            course_version,
            module_id,
            lesson_id,
            quiz_id,
            attempt_number: attempt.number,
            status: attempt.status,
            score: attempt.share.as_ref().map(Fraction::in_percent),
            points: attempt.points.clone(),
            points_possible: attempt.points_possible.clone(),
            passed: attempt.passed,
            total_questions: attempt.total_questions,
            correct_answers: None,
            incorrect_answers: None,
            unanswered_questions: attempt.unanswered_questions,
            awaiting: attempt.awaiting,
            time_spent: attempt.time_spent,
            started_at: attempt.started_at,
            ends_at: attempt.ends_at,
            handed_in_by: attempt.handed_in_by,
            completed_at: attempt.completed_at,
            graded_at: attempt.graded_at,
            questions: None,
            responses: None,
        }
    }

    /// All of it, for its learner or for who grades.
    pub(crate) fn whole(attempt: &Attempt, quiz: &Quiz, grades: bool) -> Self {
        let asked = quiz.asked(attempt.seed);
        let told = grades || attempt.is_told(quiz, clock::now());
        let marked = Marked::all(&asked, &attempt.answers.0, &attempt.hand_marks.0);
        let view = |asked| QuestionView::of(asked, attempt.seed, quiz);
        let counted = told && attempt.status == AttemptStatus::Completed;
        Self {
            correct_answers: counted.then_some(attempt.correct_answers),
            incorrect_answers: counted.then_some(attempt.incorrect_answers),
            questions: Some(asked.iter().map(view).collect()),
            responses: Some(marked.iter().map(|marked| ResponseView::of(marked, told)).collect()),
            ..Self::brief(attempt)
        }
    }
}

/// What a quiz comes to for somebody, over all their attempts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct QuizResult {
    pub(crate) share: Fraction,
    pub(crate) passed: bool,
}

impl QuizResult {
    /// By the quiz's rule, of the attempts that have a score, in their order.
    pub(crate) fn of(quiz: &Quiz, attempts: &[Attempt]) -> Option<Self> {
        let shares: Vec<Fraction> = attempts.iter().filter_map(|attempt| attempt.share.clone()).collect();
        let share = quiz.scoring.of(&shares)?;
        Some(Self { passed: passes(&share, quiz.passing_score), share })
    }
}
