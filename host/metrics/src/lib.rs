//! Figures for operators, in the text that Prometheus reads.
//!
//! Each module turns the counts of one crate into [`Family`]s, under the same names wherever that crate runs: inside
//! `lyceum`, or in a provider of a lattice. Families can be sent to another process, given labels that tell where they are
//! from, and joined with those of others.
//!
//! Start reading at [`Family`].

#![forbid(unsafe_code)]

#[cfg(feature = "documents")]
pub mod documents;
#[cfg(feature = "events")]
pub mod events;
mod family;
#[cfg(feature = "keyvalue")]
pub mod keyvalue;
#[cfg(feature = "live")]
pub mod live;
#[cfg(feature = "mesh")]
pub mod mesh;
pub mod outbound;
#[cfg(feature = "process")]
pub mod process;
#[cfg(feature = "sql")]
pub mod sql;

pub use family::{Family, Kind, Sample, join, text};
