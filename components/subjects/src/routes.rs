//! Routes, at the paths and in the forms of the syllabus system's contract.

mod metadata;
mod parameters;
mod reports;
mod subjects;
mod view;

use lyceum_kit::dialect::AURORA;
use lyceum_kit::prelude::*;

/// Who may make subjects and change their own: those who teach. Administrators may change everybody's.
const WRITE: Access = Access::Permission(Permission::new("subject:write"));

pub(crate) fn routes() -> Routes {
    Routes::new("Subjects", "What is taught, with codes, credits and prerequisites.")
        .add(WRITE, route!(subjects::create))
        .add(Access::SignedIn, route!(subjects::list))
        .add(Access::SignedIn, route!(subjects::show))
        .add(WRITE, route!(subjects::change))
        .add(WRITE, route!(subjects::delete))
        .add(Access::SignedIn, route!(metadata::list))
        .add(WRITE, route!(metadata::put))
        .add(WRITE, route!(metadata::delete))
        .add(Access::SignedIn, route!(reports::credits))
        .dialect(&AURORA)
}
