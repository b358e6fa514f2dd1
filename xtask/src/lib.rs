//! What every task needs: where things are, how programs are run, and how components are built.
//!
//! `cargo xtask` is the program of this package: it starts Lyceum and builds components with few
//! dependencies, so that the first start of a fresh machine waits for little. Every other task is in
//! the package `xtask-full`, which it compiles when one is asked for.

#![forbid(unsafe_code)]

pub mod components;
pub mod new_service;
pub mod process;
pub mod tools;
pub mod up;
pub mod wasm;
pub mod workspace;

/// What stands behind Lyceum's interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum With {
    /// SQLite, memory and files inside the host.
    Embedded,
    /// Private copies of real servers on free ports: PostgreSQL, Redis, NATS, a MongoDB server, an S3 server and a mail
    /// server.
    Real,
    /// The same servers, and three hosts of a wasmCloud lattice.
    Lattice,
}
