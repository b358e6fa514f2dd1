//! The SQL of circulation.

pub(crate) mod accounts;
pub(crate) mod calendar;
pub(crate) mod cases;
pub(crate) mod closures;
pub(crate) mod erasing;
pub(crate) mod fines;
pub(crate) mod holds;
pub(crate) mod lendings;
pub(crate) mod library_import;
pub(crate) mod rules;
pub(crate) mod seen;

#[cfg(test)]
mod tests;
