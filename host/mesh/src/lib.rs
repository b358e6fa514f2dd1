//! What stands between two services: deadlines, retries, circuit breakers, bulkheads, version weights,
//! outbound policy and signed identity.
//!
//! The crate does no I/O, starts no task and reads no clock by itself: time comes from a [`Clock`] and chance
//! from a [`Random`], so every rule is tested on a virtual clock. It is used the same way by the host that
//! runs components in one process and by one that reaches them over a network.
//!
//! Guarantees:
//! - a deadline never grows from one hop to the next;
//! - repeats stay within 20 % of the calls and 10 a second, per destination, and never pass the deadline;
//! - a destination that fails is left alone and probed, and never has more calls in flight than its limit;
//! - what isn't public is not reached from the inside unless an operator named it;
//! - an identity is accepted only from the component that it was made for, and until it expires.
//!
//! Start reading at [`Mesh`], which joins the rest for one call. Each other module holds one idea and can be
//! read alone.

#![forbid(unsafe_code)]

pub mod addresses;
pub mod breaker;
pub mod bulkhead;
pub mod clock;
pub mod deadline;
mod destination;
pub mod identity;
mod mesh;
pub mod policy;
pub mod random;
pub mod retry;
pub mod weights;
mod window;

pub use addresses::{Addresses, InvalidRange};
pub use clock::{Clock, SystemClock, VirtualClock};
pub use deadline::Deadline;
pub use destination::{Destination, InvalidDestination, Scheme};
pub use mesh::{
    Builder, Call, DestinationSnapshot, Mesh, Outcome, Refused, RefusedCounts, Settings, Snapshot, Ticket,
};
pub use policy::{Entry as OutboundEntry, InvalidEntry, Outbound};
pub use random::{Random, SeededRandom, SystemRandom};
pub use weights::{Weights, WeightsByComponent};
