//! HTTP: requests that come in, and requests to others.

mod body;
mod call_error;
mod client;
mod convert;
mod incoming;
mod service;
mod write;

pub use body::{BodyError, StreamedBody};
pub use call_error::{CallError, Refusal, RefusedField};
pub use client::{SendError, Timed, send, send_all, send_all_within, service_url};
#[cfg(target_family = "wasm")]
pub(crate) use convert::{content_length, headers_from_host, headers_to_host, method_to_host};
pub use incoming::serve;
pub use service::Service;
#[cfg(target_family = "wasm")]
pub(crate) use write::{Written, write_body, write_bytes};
