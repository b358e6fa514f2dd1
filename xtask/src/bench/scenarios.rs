//! What is measured.

pub(super) mod answers;
pub(super) mod calls;
pub(super) mod events;
pub(super) mod hosts;
pub(super) mod person;
pub(super) mod read;
pub(super) mod registration;
pub(super) mod start;
