//! What learners have done, and the rules for what it comes to.

pub(crate) mod achievement;
pub(crate) mod attempts;
pub(crate) mod certificate;
pub(crate) mod competency;
pub(crate) mod counts;
pub(crate) mod course;
pub(crate) mod criteria;
pub(crate) mod gradebook;
pub(crate) mod grading;
pub(crate) mod lesson;
pub(crate) mod outline;
pub(crate) mod overall;
pub(crate) mod path;
pub(crate) mod percent;
pub(crate) mod seen;
pub(crate) mod submissions;

use lyceum_kit::text_enum;

text_enum! {
    /// How far somebody is.
    pub(crate) enum Status {
        /// Nothing was done.
        NotStarted = "not-started",
        /// Something was done.
        InProgress = "in-progress",
        /// It stays so, whatever comes.
        Completed = "completed",
    }
}

impl Status {
    pub(crate) const fn of(started: bool, completed: bool) -> Self {
        match (started, completed) {
            (_, true) => Self::Completed,
            (true, false) => Self::InProgress,
            (false, false) => Self::NotStarted,
        }
    }
}
