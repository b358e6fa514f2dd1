//! A lattice on this machine, for tests and for trying things out: private servers, wadm, hosts, and the application.
//!
//! Everything ends, and what it holds goes, when the [`Lattice`] is dropped, and also when the process that started it ends in
//! any other way. Nothing takes a well-known port. What it runs was built by `cargo xtask`, which says where by
//! [`Programs::from_environment`].
//!
//! Start reading at [`Lattice::start`].

#![forbid(unsafe_code)]

mod host;
mod lattice;
mod options;
mod programs;
mod repeat;
mod secured;

pub use host::Host;
pub use lattice::{ADMIN, Lattice, SECRET};
pub use options::Options;
pub use programs::Programs;
pub use secured::Secured;
