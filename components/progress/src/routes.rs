//! The routes of `/api/v1/progress`.
//!
//! What is a learner's is for themselves, for those who give the course (who may `course:update` and are one of its instructors), and
//! for administrators; for everybody else it is 404.

mod achievements;
mod attempts;
mod batches;
mod certificates;
mod competencies;
mod courses;
mod criteria;
mod evidence;
mod gradebook;
mod lessons;
mod modules;
mod overall;
mod paths;
mod reports;
mod seeing;
mod stream;
mod submissions;

use lyceum_kit::prelude::*;

/// Instructors have it; whether they give this course, `seeing` asks.
const UPDATE: Permission = Permission::new("course:update");

pub(crate) fn routes() -> Routes {
    Routes::new("Progress", "What learners do, reach and earn.")
        .add(Access::SignedIn, route!(overall::show))
        .add(Access::SignedIn, route!(courses::list))
        .add(Access::SignedIn, route!(courses::show))
        .add(Access::SignedIn, route!(courses::change))
        .add(Access::SignedIn, route!(courses::completion))
        .add(Access::SignedIn, route!(modules::show))
        .add(Access::SignedIn, route!(modules::change))
        .add(Access::SignedIn, route!(lessons::show))
        .add(Access::SignedIn, route!(lessons::change))
        .add(Access::SignedIn, route!(lessons::complete))
        .add(Access::SignedIn, route!(batches::merge))
        .add(Access::SignedIn, route!(stream::stream))
        .add(Access::SignedIn, route!(paths::show))
        .add(Access::SignedIn, route!(criteria::show))
        .add(Access::Permission(UPDATE), route!(criteria::change))
        .add(Access::SignedIn, route!(certificates::list))
        .add(Access::Anyone, route!(certificates::verify))
        .add(Access::Anyone, route!(certificates::pdf))
        .add(Access::Permission(UPDATE), route!(certificates::revoke))
        .add(Access::Permission(UPDATE), route!(evidence::record))
        .with(reports::routes())
        .with(achievements::routes())
        .with(competencies::routes())
        .with(attempts::routes())
        .with(submissions::routes())
        .with(gradebook::routes())
}
