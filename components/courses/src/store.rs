//! The SQL of courses, and the documents with their contents.

pub(crate) mod banks;
pub(crate) mod categories;
pub(crate) mod competencies;
pub(crate) mod contents;
pub(crate) mod copies;
pub(crate) mod courses;
pub(crate) mod facets;
pub(crate) mod learners;
pub(crate) mod listings;
pub(crate) mod members;
pub(crate) mod numbers;
pub(crate) mod outline;
pub(crate) mod paths;
pub(crate) mod reviews;
pub(crate) mod versions;
pub(crate) mod wholes;

#[cfg(test)]
mod tests;
