//! The SQL of the catalogue.

pub(crate) mod authors;
pub(crate) mod books;
pub(crate) mod fields;
pub(crate) mod genres;
pub(crate) mod items;
pub(crate) mod lendings;
pub(crate) mod library_import;
pub(crate) mod older;
pub(crate) mod records;
pub(crate) mod searching;

#[cfg(test)]
mod tests;
