//! Gradebooks: for those who give the course, and for each learner their own grades.

mod csv;
mod entering;
mod items;
mod learners;
mod own;
mod settings;

use lyceum_kit::prelude::*;

use super::UPDATE;

pub(super) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::Permission(UPDATE), route!(settings::show))
        .add(Access::Permission(UPDATE), route!(settings::change))
        .add(Access::Permission(UPDATE), route!(items::list))
        .add(Access::Permission(UPDATE), route!(items::add))
        .add(Access::Permission(UPDATE), route!(items::show))
        .add(Access::Permission(UPDATE), route!(items::change))
        .add(Access::Permission(UPDATE), route!(items::delete))
        .add(Access::Permission(UPDATE), route!(learners::list))
        .add(Access::Permission(UPDATE), route!(learners::show))
        .add(Access::Permission(UPDATE), route!(entering::enter))
        .add(Access::Permission(UPDATE), route!(entering::history))
        .add(Access::Permission(UPDATE), route!(csv::enter))
        .add(Access::SignedIn, route!(own::show))
}

fn no_item() -> Problem {
    Problem::not_found("The gradebook has no such item.")
}
