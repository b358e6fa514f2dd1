//! Runs WebAssembly components: HTTP in, calls between components, and the delivery of events.
//!
//! What it guarantees:
//! - every call of a component ends by its deadline, within its limits of memory and computing time, and a
//!   guest that computes yields to its neighbours every two milliseconds;
//! - events have permits of their own, so that they can't starve requests, and a component whose queue is
//!   full is refused at once instead of waited for;
//! - an instance that trapped, ran out of time, was cancelled or grew past its mark is never used again;
//! - a fault of one component is an answer to its callers, never a fault of the host.
//!
//! Start reading at [`Component`], then `invoke.rs` for what one call is, and [`Network`] for how one
//! component reaches another.

mod bindings;
mod capabilities;
mod component;
mod deliver;
mod engine;
mod guest;
mod invoke;
mod limits;
mod links;
mod metered;
mod network;
mod outgoing;
mod outside;
mod pool;
mod public;
mod statistics;

pub use component::{Component, Loaded};
pub use deliver::EventHandler;
pub use engine::{EngineOptions, Ticker, engine};
pub use limits::Limits;
pub use links::Links;
pub use lyceum_network::{Call, Fault, IDENTITY};
pub use network::Network;
pub use outside::Outside;
pub use public::Public;
pub use statistics::{Metrics, Statistics};
pub use wasmtime::Engine;
