//! What follows of work that was handed in, and of its grade.

use lyceum_event_types::progress::{AssignmentGraded, AssignmentSubmitted};
use lyceum_kit::erasure;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};

use super::definitions::Which;
use super::items;
use super::recording::{self, Whose};
use crate::domain::grading::assignment::Assignment;
use crate::domain::grading::fraction::Fraction;
use crate::domain::submissions::{Submission, SubmissionStatus};
use crate::store::submissions;

pub(crate) const fn which(submission: &Submission) -> Which {
    let Submission { assignment_id: item_id, course_id, course_version, .. } = *submission;
    Which { item_id, course_id, course_version }
}

/// Adds the next state of a submission by its learner, which misses its row if somebody else was quicker.
pub(crate) fn write<E>(transaction: Transaction<E>, submission: &Submission) -> Transaction<E> {
    let own = if submission.version == 1 { submission.insert() } else { submission.update() };
    let transaction = transaction
        .execute(own)
        .on_missing(Problem::changed_meanwhile)
        .on_unique("submissions.user_id,assignment_id,number", Problem::changed_meanwhile)
        .execute(erasure::unless_erased(submission.user_id));
    let Submission { id: submission_id, user_id, course_id, assignment_id, .. } = *submission;
    match submission.submitted_at.filter(|_| submission.status == SubmissionStatus::Submitted) {
        Some(submitted_at) => transaction.publish(&AssignmentSubmitted {
            submission_id,
            user_id,
            course_id,
            assignment_id,
            submitted_at,
        }),
        None => transaction,
    }
}

/// Adds a grade, and what follows of it. Of several submissions the last one that is graded counts.
pub(crate) fn grade<E>(
    transaction: Transaction<E>,
    submission: &Submission,
    assignment: &Assignment,
) -> Result<Transaction<E>, Problem> {
    let Submission { id: submission_id, user_id, course_id, assignment_id, .. } = *submission;
    let mut all = submissions::of_person(user_id, assignment_id)?;
    for other in &mut all {
        if other.id == submission.id {
            *other = submission.clone();
        }
    }
    let counting = all.iter().rev().find_map(Submission::share).unwrap_or_else(Fraction::zero);
    let share = submission.share().unwrap_or_else(Fraction::zero);
    let graded_at = submission.graded_at.unwrap_or_else(clock::now);
    let score = share.in_percent().rounded();
    let graded = AssignmentGraded { submission_id, user_id, course_id, assignment_id, score, graded_at };
    let whose = Whose { user_id, course_id, kind: "assignment" };
    let item = items::of_assignment(which(submission), assignment);
    let transaction = transaction
        .execute(submission.update())
        .on_missing(Problem::changed_meanwhile)
        .execute(erasure::unless_erased(user_id));
    Ok(recording::result(transaction, whose, &item, &counting, true)?.publish(&graded))
}
