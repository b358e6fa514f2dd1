//! The SQL of courses, and the documents with their contents.

pub(crate) mod banks;
pub(crate) mod categories;
pub(crate) mod contents;
pub(crate) mod courses;
pub(crate) mod listings;
pub(crate) mod outline;
pub(crate) mod paths;
pub(crate) mod versions;
pub(crate) mod wholes;

#[cfg(test)]
mod tests;
