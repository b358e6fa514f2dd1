//! The SQL of progress.

pub(crate) mod attempts;
pub(crate) mod awards;
pub(crate) mod certificates;
pub(crate) mod criteria;
pub(crate) mod definitions;
pub(crate) mod due;
pub(crate) mod erasing;
pub(crate) mod facts;
pub(crate) mod gradebook;
pub(crate) mod listing;
pub(crate) mod paths;
pub(crate) mod reports;
pub(crate) mod results;
pub(crate) mod rows;
pub(crate) mod seen;
pub(crate) mod submissions;

#[cfg(test)]
mod tests;
