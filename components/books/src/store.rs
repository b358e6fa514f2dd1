//! The SQL of the catalogue.

pub(crate) mod books;
pub(crate) mod genres;
pub(crate) mod items;

#[cfg(test)]
mod tests;
