//! Grades of a course: items in categories, and what they come to.

pub(crate) mod aggregation;
pub(crate) mod category;
pub(crate) mod grade;
pub(crate) mod item;
pub(crate) mod scheme;
pub(crate) mod settings;
pub(crate) mod total;

#[cfg(test)]
mod tests;
