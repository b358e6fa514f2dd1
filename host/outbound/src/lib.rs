//! HTTP requests of components to hosts outside of the application.
//!
//! What it guarantees:
//! - a component reaches what its `allowed_outbound_hosts` name, and nothing else;
//! - each new connection goes to an address that is public or that the operator named, whatever a name resolves to at
//!   that moment and however an address is spelt;
//! - a request carries nothing of Lyceum's own: no identity, no correlation id, no deadline; a redirect is an answer;
//! - a call ends by the caller's deadline and by a limit of its own, and so does the reading of its answer; a destination
//!   that fails is left alone by the mesh's breaker, and never has more calls in flight than its bulkhead allows;
//! - a failure is one of [`Failure`], each of which is a `wasi:http` error code, and never looks like an answer.
//!
//! Start reading at [`Outside`].

#![forbid(unsafe_code)]

mod answer;
mod connect;
mod failure;
mod headers;
mod outside;
mod settings;
mod statistics;
mod tls;

pub use failure::Failure;
pub use headers::Trace;
pub use outside::{Asked, Outside};
pub use settings::Settings;
pub use statistics::Statistics;
pub use tls::UnusableRoots;
