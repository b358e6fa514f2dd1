//! The public listener: HTTP/1.1 in, one component behind it, wherever that runs.
//!
//! What it guarantees:
//! - a client that is slow, stops half-way or speaks no HTTP holds a connection for a bounded time, and costs nobody else;
//! - what goes wrong behind it is an answer, an RFC 9457 problem, never a broken connection;
//! - what can't be read is answered in the same form, and nothing that comes after a request holds up its answer;
//! - every answer and everything that a request leads to has a correlation id;
//! - a body that is too large is refused, and the refusal arrives;
//! - an answer that a service leaves to be held is held here, and ends with its caller's rights.
//!
//! Start reading at [`serve`].

#![forbid(unsafe_code)]

mod backend;
mod correlation;
mod dialogue;
mod framing;
mod front;
mod head;
mod lingering;
mod live;
mod refusal;
mod websocket;
mod wire;

pub use backend::{Backend, RequestBody};
pub use correlation::CORRELATION_ID;
pub use front::{FrontOptions, serve};
