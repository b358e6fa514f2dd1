//! How attempts and submissions are graded, and what is written of it.

pub(crate) mod book;
pub(crate) mod definitions;
pub(crate) mod handing;
pub(crate) mod items;
pub(crate) mod recording;
pub(crate) mod reminding;
pub(crate) mod taking;
