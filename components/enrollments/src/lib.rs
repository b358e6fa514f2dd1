//! Enrolments: who learns in which course, from when and until when.
//!
//! - Courses, people, organisations and cohorts are known by what others tell; nothing here asks another service.
//! - How many places a course has and how many are taken is one row (`store::places`), which is changed by statements alone that
//!   look at what they find: never more are given than there are. Who finds none waits, if the course has a waiting list;
//!   what becomes free is given to who is first (`filling`), and to nobody else as long as somebody waits.
//! - An enrolment is a saga (`process`): the place is reserved by the transaction that begins it, then prerequisites are looked
//!   at, a payment is asked for and awaited, and the enrolment confirmed. What was done is taken back if a step is refused. What
//!   one transaction can decide, such as the rows of a file (`bulk`), is confirmed by it.
//! - However an enrolment ends, `ending` says what follows.
//!
//! Start reading at `routes`, then `enrolling`, then `process`.
#![forbid(unsafe_code)]

mod bulk;
mod domain;
mod ending;
mod enrolling;
mod events;
mod filling;
mod live;
mod process;
mod routes;
mod store;

use lyceum_event_types::auth::{AddressChanged, UserCreated};
use lyceum_event_types::courses::{CourseCreated, CourseDeleted, CoursePublished, CourseUpdated};
use lyceum_event_types::enrollments::{
    EnrollmentCompleted, EnrollmentDeleted, EnrollmentFailed, EnrollmentRequested, EnrollmentUpdated,
    EnrollmentWaitlisted, JobContinued, UserEnrolled,
};
use lyceum_event_types::payments::{PaymentCancelled, PaymentCompleted, PaymentFailed, PaymentRequested};
use lyceum_event_types::progress::{CompetencyAcquired, CourseCompleted};
use lyceum_event_types::users::cohorts::{
    CohortCreated, CohortDeleted, CohortMemberAdded, CohortMemberRemoved,
};
use lyceum_event_types::users::organizations::{
    OrganizationDeleted, OrganizationMemberAdded, OrganizationMemberChanged, OrganizationMemberRemoved,
};

lyceum_kit::service! {
    name: "enrollments",
    routes: routes::routes,
    migrations: [
        "0001-enrollments",
        "0002-seen",
        "0003-sagas" = lyceum_kit::saga::SAGAS,
        "0004-jobs" = lyceum_kit::job::JOBS,
        "0005-erased" = lyceum_kit::erasure::ERASED,
        "0006-competencies",
    ],
    publishes: [
        EnrollmentRequested,
        UserEnrolled,
        EnrollmentUpdated,
        EnrollmentWaitlisted,
        EnrollmentFailed,
        EnrollmentCompleted,
        EnrollmentDeleted,
        PaymentRequested,
        PaymentCancelled,
        JobContinued,
    ],
    on: {
        projection: {
            CourseCreated => store::seen::course_created,
            CourseUpdated => store::seen::course_updated,
            CoursePublished => store::seen::course_published,
            CourseDeleted => store::seen::course_deleted,
            UserCreated => store::seen::person_came,
            AddressChanged => store::seen::address_changed,
            OrganizationMemberAdded => store::seen::member_added,
            OrganizationMemberChanged => store::seen::member_changed,
            OrganizationMemberRemoved => store::seen::member_removed,
            OrganizationDeleted => store::seen::organization_deleted,
            CompetencyAcquired => store::seen::competency_acquired,
            CohortCreated => store::seen::cohort_created,
            CohortDeleted => store::seen::cohort_deleted,
            CohortMemberAdded => store::seen::cohort_member_added,
            CohortMemberRemoved => store::seen::cohort_member_removed,
        },
        reaction: {
            CourseDeleted => events::course_gone,
            PaymentCompleted => process::paid,
            PaymentFailed => process::not_paid,
            CourseCompleted => events::completed,
            JobContinued => bulk::go_on,
        },
        periodic: events::JOBS,
        erase: ending::erase,
    },
}
