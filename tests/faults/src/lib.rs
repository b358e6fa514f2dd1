//! Faults done to the whole platform, and what must be true afterwards.
//!
//! `tests/kill.rs` kills the process group under load and counts what became of every request;
//! `tests/readers.rs`, `tests/checkouts.rs` and `tests/enrollments.rs` kill it at each commit on the way of one request, over several services;
//! `tests/replicated.rs` does so to one of several hosts;
//! `tests/backup/` takes a backup under load and looks at what was restored from it;
//! `tests/isolation.rs` plugs in hostile components and takes databases away.
//!
//! Start reading at [`journal`]: what was asked and answered is written down outside the platform, and [`rest`]
//! reads what the platform kept, without asking the platform.
#![forbid(unsafe_code)]

pub mod counted;
pub mod deployment;
pub mod journal;
pub mod load;
pub mod outage;
pub mod plan;
pub mod rest;
pub mod settling;
pub mod soak;
pub mod strike;
