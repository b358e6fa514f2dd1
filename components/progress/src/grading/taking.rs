//! How an attempt ends, by whoever ends it: its learner, its time, or who reads its essays.

use lyceum_event_types::progress::QuizCompleted;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;
use lyceum_kit::{erasure, periodic};

use super::definitions::{self, Which};
use super::items;
use super::recording::{self, Whose};
use crate::domain::attempts::{Attempt, IDLE, QuizResult};
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::quiz::Quiz;
use crate::domain::seen::SeenEnrollment;
use crate::store::{attempts, seen};

pub(crate) const fn which(attempt: &Attempt) -> Which {
    let Attempt { quiz_id: item_id, course_id, course_version, .. } = *attempt;
    Which { item_id, course_id, course_version }
}

fn completed(attempt: &Attempt) -> Option<QuizCompleted> {
    let Attempt { id: attempt_id, user_id, course_id, quiz_id, .. } = *attempt;
    let (share, passed, completed_at) = (attempt.share.as_ref()?, attempt.passed?, attempt.graded_at?);
    let score = share.in_percent().rounded();
    Some(QuizCompleted { attempt_id, user_id, course_id, quiz_id, score, passed, completed_at })
}

/// Adds the next state of an attempt that was handed in, and what follows of it once all its answers are graded. Misses its row if
/// somebody else was quicker.
pub(crate) fn write<E>(
    transaction: Transaction<E>,
    attempt: &Attempt,
    quiz: &Quiz,
) -> Result<Transaction<E>, Problem> {
    let transaction = transaction
        .execute(attempt.update())
        .on_missing(Problem::changed_meanwhile)
        .execute(erasure::unless_erased(attempt.user_id));
    let Some(completed) = completed(attempt) else { return Ok(transaction) };
    let mut all = attempts::of_person(attempt.user_id, attempt.quiz_id)?;
    for other in &mut all {
        if other.id == attempt.id {
            *other = attempt.clone();
        }
    }
    let Attempt { user_id, course_id, .. } = *attempt;
    let result = QuizResult::of(quiz, &all).unwrap_or(QuizResult { share: Fraction::zero(), passed: false });
    let whose = Whose { user_id, course_id, kind: "quiz" };
    let item = items::of_quiz(which(attempt), quiz);
    Ok(recording::result(transaction, whose, &item, &result.share, result.passed)?.publish(&completed))
}

/// Hands in what is saved, by the clock.
pub(crate) fn hand_in(by: &WithoutOnce, attempt: &Attempt) -> Result<(), Problem> {
    let quiz = definitions::quiz(by, which(attempt))?;
    write(by.begin(), &attempt.handed_in(&quiz), &quiz)?.commit()?;
    Ok(())
}

/// Whether its learner learns in the course no more.
pub(crate) fn is_left(attempt: &Attempt) -> Result<bool, SqlError> {
    let (enrollments, _) = seen::of_person(attempt.user_id, attempt.course_id)?;
    let now = clock::now();
    Ok(SeenEnrollment::that_counts(enrollments).is_none_or(|enrollment| enrollment.is_over_at(now)))
}

/// Hands in what somebody has begun in a course that they learn in no more.
pub(crate) fn hand_in_left(by: &WithoutOnce, user_id: UserId, course_id: Uuid) -> Result<(), EventError> {
    for attempt in query_all::<Attempt>(attempts::in_progress(user_id, course_id))? {
        if is_left(&attempt)? {
            hand_in(by, &attempt)?;
        }
    }
    Ok(())
}

/// Hands in those whose time is over.
pub(crate) fn hand_in_over(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    periodic::each(
        |attempt: &Attempt| format!("handing in the attempt {}", attempt.id),
        |last| Ok(attempts::over(now, last, periodic::BATCH)?),
        |attempt| Ok(hand_in(by, attempt)?),
    )
    .map(drop)
}

/// Gives those up that nothing happens to.
pub(crate) fn abandon_idle(by: &WithoutOnce) -> Result<(), EventError> {
    let since = clock::now().minus(IDLE);
    periodic::each(
        |attempt: &Attempt| format!("giving up the attempt {}", attempt.id),
        |last| Ok(attempts::idle(since, last, periodic::BATCH)?),
        |attempt| {
            by.begin().execute(attempt.abandoned().update()).commit()?;
            Ok(())
        },
    )
    .map(drop)
}
