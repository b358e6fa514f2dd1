//! The rules of enrolments; they know nothing of HTTP and SQL.

mod course;
mod enrollment;
mod invitation;
mod refusal;
mod settings;

pub(crate) use course::CourseSeen;
pub(crate) use enrollment::{Enrollment, How, Origin, Status, Terms};
pub(crate) use invitation::{Invitation, InvitationFields, code_as_kept};
pub(crate) use refusal::{Missing, Refusal};
pub(crate) use settings::{Settings, SettingsFields};

#[cfg(test)]
mod tests;
