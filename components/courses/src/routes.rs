//! The routes of `/api/v1/courses`, `/api/v1/course-categories` and `/api/v1/learning-paths`.
//!
//! Whoever may `course:update` changes the courses that they give, and administrators change all of them. What somebody
//! can't see is 404; what they see and can't change is 403.

mod banks;
mod categories;
mod clones;
mod courses;
mod definitions;
mod diff;
mod lessons;
mod modules;
mod paths;
mod publishing;
mod reading;
mod reviews;
mod seeing;
mod taught;
mod versions;

use lyceum_kit::job;
use lyceum_kit::prelude::*;

const CREATE: Permission = Permission::new("course:create");
const UPDATE: Permission = Permission::new("course:update");
/// Administrators alone.
const REVIEW: Permission = Permission::new("course:review");

/// Who grades what was answered.
const GRADING: Access = Access::Service(&["progress"]);

pub(crate) fn routes() -> Routes {
    Routes::new("Courses", "What instructors write and publish, and everybody finds.")
        .add(Access::Permission(CREATE), route!(courses::create))
        .add(Access::Anyone, route!(courses::list))
        .add(Access::Permission(UPDATE), route!(taught::list))
        .add(Access::Permission(CREATE), route!(clones::templates))
        .add(Access::Permission(CREATE), route!(clones::begin))
        .add(Access::Anyone, route!(courses::count))
        .add(Access::SignedIn, route!(courses::of_organization))
        .add(Access::Anyone, route!(courses::show))
        .add(Access::Permission(UPDATE), route!(courses::change))
        .add(Access::Permission(UPDATE), route!(courses::delete))
        .with(parts())
        .with(published())
        .with(asked())
        .with(categories::routes())
        .with(paths::routes())
        .with(job::routes("courses"))
}

fn parts() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(modules::list))
        .add(Access::SignedIn, route!(modules::show))
        .add(Access::Permission(UPDATE), route!(modules::create))
        .add(Access::Permission(UPDATE), route!(modules::change))
        .add(Access::Permission(UPDATE), route!(modules::delete))
        .add(Access::Permission(UPDATE), route!(modules::put_elsewhere))
        .add(Access::SignedIn, route!(lessons::list))
        .add(Access::SignedIn, route!(lessons::show))
        .add(Access::Permission(UPDATE), route!(lessons::create))
        .add(Access::Permission(UPDATE), route!(lessons::change))
        .add(Access::Permission(UPDATE), route!(lessons::delete))
        .add(Access::Permission(UPDATE), route!(lessons::put_elsewhere))
}

fn asked() -> Routes {
    Routes::new("", "")
        .add(Access::Permission(UPDATE), route!(banks::list))
        .add(Access::Permission(UPDATE), route!(banks::show))
        .add(Access::Permission(UPDATE), route!(banks::create))
        .add(Access::Permission(UPDATE), route!(banks::change))
        .add(Access::Permission(UPDATE), route!(banks::delete))
        .add(Access::Anyone, route!(reviews::list))
        .add(Access::SignedIn, route!(reviews::mine))
        .add(Access::SignedIn, route!(reviews::say))
        .add(Access::SignedIn, route!(reviews::delete))
        .add(GRADING, route!(definitions::quiz))
        .add(GRADING, route!(definitions::assignment))
}

fn published() -> Routes {
    Routes::new("", "")
        .add(Access::Permission(UPDATE), route!(publishing::publish))
        .add(Access::Permission(UPDATE), route!(publishing::schedule))
        .add(Access::Permission(UPDATE), route!(publishing::unschedule))
        .add(Access::Permission(UPDATE), route!(publishing::submit))
        .add(Access::Permission(REVIEW), route!(publishing::approve))
        .add(Access::Permission(REVIEW), route!(publishing::give_back))
        .add(Access::Permission(UPDATE), route!(publishing::archive))
        .add(Access::Permission(UPDATE), route!(publishing::restore))
        .add(Access::SignedIn, route!(versions::list))
        .add(Access::Permission(UPDATE), route!(diff::between))
}
