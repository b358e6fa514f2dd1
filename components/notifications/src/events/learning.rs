//! What learners are told of.

use lyceum_event_types::{
    enrollments::{EnrollmentFailed, EnrollmentWaitlisted, FailureReason, UserEnrolled},
    progress::{AchievementEarned, AssignmentDueSoon, CertificateIssued},
};
use lyceum_kit::prelude::*;

use super::{inform, inform_all};
use crate::letter::Letter;

/// The day, as in `2026-01-20`.
fn day(at: Timestamp) -> String {
    at.to_string().chars().take_while(|sign| *sign != 'T').collect()
}

/// The minute, as in `2026-01-20 18:00 UTC`.
fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    let time: String = time.chars().take("18:00".len()).collect();
    format!("{day} {time} UTC")
}

/// Somebody learns in a course.
pub(crate) fn enrolled(received: &Received, enrolled: &UserEnrolled) -> Result<(), EventError> {
    let starts_on = enrolled.starts_at.filter(|starts_at| *starts_at > enrolled.enrolled_at).map(day);
    inform(received, enrolled.user_id, |display_name| {
        let (course, starts_on) = (enrolled.course_title.clone(), starts_on.clone());
        Letter::EnrollmentConfirmed { display_name, course, starts_on }
    })
}

/// An enrolment didn't come about. Who withdrew knows.
pub(crate) fn not_enrolled(received: &Received, failed: &EnrollmentFailed) -> Result<(), EventError> {
    if failed.reason == FailureReason::Withdrawn {
        return Ok(());
    }
    inform(received, failed.user_id, |display_name| {
        let (course, reason) = (failed.course_title.clone(), failed.reason);
        Letter::EnrollmentFailed { display_name, course, reason }
    })
}

/// Somebody waits for a place.
pub(crate) fn waits_for_a_place(received: &Received, waits: &EnrollmentWaitlisted) -> Result<(), EventError> {
    inform(received, waits.user_id, |display_name| {
        let course = waits.course_title.clone();
        Letter::EnrollmentWaitlisted { display_name, course }
    })
}

/// Work is to be handed in soon.
pub(crate) fn assignment_due_soon(received: &Received, due: &AssignmentDueSoon) -> Result<(), EventError> {
    inform_all(received, &due.user_ids, |display_name| {
        let (assignment, due) = (due.title.clone(), minute(due.due_date));
        Letter::AssignmentDueSoon { display_name, assignment, due }
    })
}

/// An achievement was earned.
pub(crate) fn achievement_earned(received: &Received, earned: &AchievementEarned) -> Result<(), EventError> {
    inform(received, earned.user_id, |display_name| {
        let achievement = earned.achievement_name.clone();
        Letter::AchievementEarned { display_name, achievement }
    })
}

/// A certificate was made out.
pub(crate) fn certificate_issued(received: &Received, issued: &CertificateIssued) -> Result<(), EventError> {
    inform(received, issued.user_id, |display_name| {
        let course = issued.course_title.clone();
        Letter::CertificateIssued { display_name, course }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_to_the_minute_and_a_day_without_one() {
        for text in ["2026-01-20T18:00:00Z", "2026-01-20T18:00:59.999999Z"] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!((day(at).as_str(), minute(at).as_str()), ("2026-01-20", "2026-01-20 18:00 UTC"));
        }
    }
}
