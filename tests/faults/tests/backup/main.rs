//! A backup that is taken under load, and what a deployment that was restored from it has.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod books;
mod documents;
mod files;
mod refusals;
mod rounds;
