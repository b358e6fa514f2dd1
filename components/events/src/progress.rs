//! Progress: what learners have done, reached and earned. Percentages go from 0 to 100.

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// A learner came further in a lesson.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ProgressUpdated {
    /// Who learns.
    pub user_id: UserId,
    /// The course.
    pub course_id: Uuid,
    /// The module.
    pub module_id: Uuid,
    /// The lesson.
    pub lesson_id: Uuid,
    /// How much of the lesson.
    pub percent_complete: f64,
    /// How much of the course.
    pub course_percent_complete: f64,
    /// When.
    pub updated_at: Timestamp,
}
event!(ProgressUpdated, "lyceum.progress.ProgressUpdated.v1", about "learner" in user_id);

/// A learner completed a lesson.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LessonCompleted {
    /// Who learns.
    pub user_id: UserId,
    /// The course.
    pub course_id: Uuid,
    /// The module.
    pub module_id: Uuid,
    /// The lesson.
    pub lesson_id: Uuid,
    /// When.
    pub completed_at: Timestamp,
}
event!(LessonCompleted, "lyceum.progress.LessonCompleted.v1", about "learner" in user_id);

/// A learner completed a course. Told once for an enrolment, whatever is published or taken back later.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CourseCompleted {
    /// The enrolment.
    pub enrollment_id: Uuid,
    /// Who learned.
    pub user_id: UserId,
    /// The course.
    pub course_id: Uuid,
    /// Its title.
    pub course_title: String,
    /// The version that was completed.
    pub course_version: i64,
    /// When.
    pub completed_at: Timestamp,
}
event!(CourseCompleted, "lyceum.progress.CourseCompleted.v1", about "learner" in user_id);

/// An attempt at a quiz was handed in and graded.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct QuizCompleted {
    /// The attempt.
    pub attempt_id: Uuid,
    /// Who was asked.
    pub user_id: UserId,
    /// The course.
    pub course_id: Uuid,
    /// The quiz.
    pub quiz_id: Uuid,
    /// How much of what could be reached, in percent.
    pub score: f64,
    /// Whether that was enough.
    pub passed: bool,
    /// When it was graded.
    pub completed_at: Timestamp,
}
event!(QuizCompleted, "lyceum.progress.QuizCompleted.v1", about "attempt" in attempt_id);

/// Somebody handed work in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AssignmentSubmitted {
    /// What was handed in.
    pub submission_id: Uuid,
    /// By whom.
    pub user_id: UserId,
    /// The course.
    pub course_id: Uuid,
    /// The assignment.
    pub assignment_id: Uuid,
    /// When.
    pub submitted_at: Timestamp,
}
event!(AssignmentSubmitted, "lyceum.progress.AssignmentSubmitted.v1", about "submission" in submission_id);

/// What somebody handed in was graded.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct AssignmentGraded {
    /// What was handed in.
    pub submission_id: Uuid,
    /// By whom.
    pub user_id: UserId,
    /// The course.
    pub course_id: Uuid,
    /// The assignment.
    pub assignment_id: Uuid,
    /// How much of what could be reached, in percent.
    pub score: f64,
    /// When.
    pub graded_at: Timestamp,
}
event!(AssignmentGraded, "lyceum.progress.AssignmentGraded.v1", about "submission" in submission_id);

/// Work is to be handed in soon by those who haven't. Told once for each person and date.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AssignmentDueSoon {
    /// The assignment.
    pub assignment_id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// The assignment's title.
    pub title: String,
    /// When it is to be handed in.
    pub due_date: Timestamp,
    /// Who hasn't, 50 people at most; others are told of in an event of their own.
    pub user_ids: Vec<UserId>,
}
event!(AssignmentDueSoon, "lyceum.progress.AssignmentDueSoon.v1", about "assignment" in assignment_id);

/// A person earned an achievement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AchievementEarned {
    /// Who earned it.
    pub user_id: UserId,
    /// The achievement.
    pub achievement_id: Uuid,
    /// Its name.
    pub achievement_name: String,
    /// When.
    pub earned_at: Timestamp,
}
event!(AchievementEarned, "lyceum.progress.AchievementEarned.v1", about "learner" in user_id);

/// A person acquired a competency, or more of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CompetencyAcquired {
    /// Who acquired it.
    pub user_id: UserId,
    /// The competency.
    pub competency_id: Uuid,
    /// Its name.
    pub competency_name: String,
    /// How far, from 0 to 100.
    pub level: i64,
    /// When.
    pub acquired_at: Timestamp,
}
event!(CompetencyAcquired, "lyceum.progress.CompetencyAcquired.v1", about "learner" in user_id);

/// A competency is so now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CompetencyDefined {
    /// The competency.
    pub competency_id: Uuid,
    /// Its name.
    pub competency_name: String,
    /// When it became so.
    pub defined_at: Timestamp,
}
event!(CompetencyDefined, "lyceum.progress.CompetencyDefined.v1", about "competency" in competency_id);

/// A competency is gone; nobody had acquired it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CompetencyRemoved {
    /// The competency.
    pub competency_id: Uuid,
    /// When it was deleted.
    pub removed_at: Timestamp,
}
event!(CompetencyRemoved, "lyceum.progress.CompetencyRemoved.v1", about "competency" in competency_id);

/// A certificate was made out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CertificateIssued {
    /// The certificate.
    pub certificate_id: Uuid,
    /// To whom.
    pub user_id: UserId,
    /// For which course.
    pub course_id: Uuid,
    /// The course's title.
    pub course_title: String,
    /// When.
    pub issued_at: Timestamp,
}
event!(CertificateIssued, "lyceum.progress.CertificateIssued.v1", about "certificate" in certificate_id);

/// A job of progress is to go on, such as an export of a class.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobContinued {
    /// The job.
    pub job_id: Uuid,
}
event!(JobContinued, "lyceum.progress.JobContinued.v1", about "job" in job_id);
