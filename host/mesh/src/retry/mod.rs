//! When a failed call may be made again.
//!
//! Three things must agree: the call can be repeated without harm ([`rule`]), the destination is not being
//! drowned in repeats ([`Budget`]), and the wait ([`Backoff`]) leaves time before the deadline. The
//! [`Mesh`](crate::Mesh) asks all three.

mod backoff;
mod budget;
pub mod rule;

pub use backoff::Backoff;
pub use budget::Budget;
