//! HTTP: requests that come in, and requests to others.

mod body;
mod client;
mod convert;
mod incoming;
mod write;

pub use body::{BodyError, StreamedBody};
pub use client::{SendError, Timed, send, send_all, send_all_within, service_url};
pub use incoming::serve;
pub(crate) use write::write_bytes;
