//! The kit's lists and searches on real databases: a list of books, the databases, and the books in them.
//!
//! `tests/lists.rs` holds what they answer against a list in memory; the program measures them on many rows.
#![forbid(unsafe_code)]

pub mod books;
pub mod costs;
pub mod fill;
pub mod store;

pub use books::{Book, Books};
pub use store::Store;
