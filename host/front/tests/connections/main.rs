//! What clients send over a connection, and what they get.
#![forbid(unsafe_code)]
// All of this is test, and what has not come is empty.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests are not tests to clippy"
)]

mod bytes_after_a_request;
mod held_answers;
mod listener;
mod slow_clients;
mod unreadable;
