//! The routes of `/api/v1/enrollments`, what stands below `/api/v1/courses/{id}`, and the live status.
//!
//! Whoever may `course:update` keeps the enrolments of the courses that they give, and administrators those of all. What
//! somebody can't see is 404.

mod bulk;
mod enrollments;
mod invitations;
mod of_course;
mod refusals;
mod seeing;
mod settings;
mod status;
mod view;

use lyceum_kit::prelude::*;

const UPDATE: Permission = Permission::new("course:update");

pub(crate) fn routes() -> Routes {
    let keeping = Access::Permission(UPDATE);
    Routes::new("Enrollments", "Who learns in which course, from when and until when.")
        .add(Access::SignedIn, route!(enrollments::create))
        .add(Access::SignedIn, route!(enrollments::list))
        .add(Access::SignedIn, route!(enrollments::show))
        .add(Access::SignedIn, route!(enrollments::change))
        .add(Access::SignedIn, route!(enrollments::withdraw))
        .add(Access::SignedIn, route!(of_course::create))
        .add(keeping, route!(of_course::list))
        .add(Access::SignedIn, route!(of_course::delete))
        .add(keeping, route!(bulk::import))
        .add(keeping, route!(bulk::enroll_cohort))
        .add(keeping, route!(settings::show))
        .add(keeping, route!(settings::change))
        .add(keeping, route!(invitations::create))
        .add(keeping, route!(invitations::list))
        .add(keeping, route!(invitations::show))
        .add(keeping, route!(invitations::revoke))
        .add(Access::SignedIn, route!(status::stream))
        .add(Access::SignedIn, route!(status::poll))
        .add(Access::SignedIn, route!(status::socket))
        .with(lyceum_kit::job::routes("enrollments"))
        .with(lyceum_kit::saga::routes("enrollments"))
}
