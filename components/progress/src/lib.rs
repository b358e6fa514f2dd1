//! Progress: what learners do, reach and earn in the courses that they are enrolled in.
//!
//! What there is to learn and who learns where is heard of (`events`, `store::seen`). What learners' devices say is merged, so that
//! neither order nor repetition matters (`domain::lesson`); all that follows of it is written with it (`learning`), and what follows of
//! anything else is noted and settled (`settling`).
//!
//! **Quizzes, assignments and the gradebook** are in the same service: `domain::grading`, `routes::{attempts, submissions,
//! gradebook}`, migrations 0020 and on. What an attempt or a submission came to is told to the rest by two things:
//! `store::results::set` in the grade's own transaction, and `settling::settle_now` after its commit. The
//! lesson is then completed if `passed`, and the course judged anew. Who may see whose is asked by `routes::seeing::{own, learner}`,
//! who grades by `routes::seeing::given`. Every table with a `user_id` is named in `store::erasing`.
//!
//! Start reading at `routes`, then `domain`, then `learning`.
#![forbid(unsafe_code)]

mod awarding;
mod cache;
mod domain;
mod events;
mod grading;
mod learning;
mod live;
mod reports;
mod routes;
mod settling;
mod store;

use lyceum_event_types::courses::{
    CourseDeleted, CoursePublished, CourseUpdated, LearningPathChanged, LearningPathDeleted,
};
use lyceum_event_types::enrollments::{EnrollmentDeleted, EnrollmentUpdated, UserEnrolled};
use lyceum_event_types::progress::{
    AchievementEarned, AssignmentDueSoon, AssignmentGraded, AssignmentSubmitted, CertificateIssued,
    CompetencyAcquired, CompetencyDefined, CompetencyRemoved, CourseCompleted, JobContinued, LessonCompleted,
    ProgressUpdated, QuizCompleted,
};
use lyceum_event_types::users::{ProfileCreated, ProfileUpdated};

lyceum_kit::service! {
    name: "progress",
    routes: routes::routes,
    migrations: [
        "0001-seen",
        "0002-progress",
        "0003-erased" = lyceum_kit::erasure::ERASED,
        "0004-certificates",
        "0005-awards",
        "0006-jobs" = lyceum_kit::job::JOBS,
        "0007-paths",
        "0020-definitions",
        "0021-attempts",
        "0022-submissions",
        "0023-gradebook",
        "0024-evidence",
    ],
    publishes: [
        ProgressUpdated,
        LessonCompleted,
        CourseCompleted,
        CertificateIssued,
        AchievementEarned,
        CompetencyAcquired,
        CompetencyDefined,
        CompetencyRemoved,
        JobContinued,
        QuizCompleted,
        AssignmentSubmitted,
        AssignmentGraded,
        AssignmentDueSoon,
    ],
    on: {
        projection: {
            CoursePublished => events::course_published,
            CourseUpdated => events::course_updated,
            CourseDeleted => events::course_deleted,
            LearningPathChanged => events::path_changed,
            LearningPathDeleted => events::path_deleted,
            UserEnrolled => events::enrolled,
            EnrollmentUpdated => events::enrollment_updated,
            EnrollmentDeleted => events::enrollment_deleted,
            ProfileCreated => events::profile_created,
            ProfileUpdated => events::profile_updated,
        },
        reaction: {
            CoursePublished => grading::items::published,
            UserEnrolled => settling::enrolled,
            EnrollmentUpdated => settling::moved,
            EnrollmentDeleted => settling::ended,
            JobContinued => reports::go_on,
        },
        periodic: events::JOBS,
        erase: store::erasing::erase,
    },
}
