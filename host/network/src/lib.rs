//! How one component's HTTP request reaches another one: through the mesh, with a signed identity.
//!
//! The mesh decides, a [`Transport`] carries: inside one process it calls an instance, on a lattice it asks another host. What
//! this crate guarantees on both:
//! - what goes wrong inside the application is an answer, an RFC 9457 problem, never a broken connection;
//! - a call is made again only where that is safe, within the mesh's budget and the caller's deadline;
//! - a component gets an identity that was made for it, or none.
//!
//! Start reading at [`Network`].

#![forbid(unsafe_code)]

mod call;
mod fault;
mod finishing;
mod kept;
mod network;
mod problem;
mod repeatable;
mod transport;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;

pub use call::Call;
pub use fault::Fault;
pub use finishing::Finishing;
pub use kept::LONGEST_KEPT;
pub use network::{IDENTITY, Network, UNAVAILABLE, Unroutable};
pub use problem::Problem;
pub use repeatable::Repeatable;
pub use transport::Transport;

/// The body of a request or of an answer, whose reading may fail with `E`.
pub type BoxBody<E> = UnsyncBoxBody<Bytes, E>;
