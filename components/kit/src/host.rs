//! The one place where the kit calls its host.
//!
//! In a component these are the bindings themselves. Natively there is no host: what a test installs stands in its
//! place, on the thread that installed it, and a call without it panics. Each module has the WIT interface's functions
//! and, natively, the trait behind them; `lyceum-testing` implements the traits with the host's own stores.

pub mod blobs;
pub mod config;
pub mod documents;
pub mod http;
#[cfg(not(target_family = "wasm"))]
mod installed;
pub mod keyvalue;
pub mod logging;
pub mod mail;
pub mod sql;

#[cfg(not(target_family = "wasm"))]
pub use installed::{Host, Installed, install};
/// What `lyceum:data`'s interfaces share.
pub use lyceum_bindings::imports::lyceum::data::types;
