//! The SQL of enrolments.

pub(crate) mod enrollments;
pub(crate) mod invitations;
pub(crate) mod places;
pub(crate) mod seen;

#[cfg(test)]
mod tests;
