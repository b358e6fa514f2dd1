//! The live channel: answers that a service leaves to the host, and messages that go to those who wait for them.
//!
//! A service answers with an instruction in headers ([`Instruction`], in the words of GRIP, the Generic Realtime Intermediary
//! Protocol), and is done. The host keeps the connection: no instance of a component and no place among its requests is held.
//! What a service commits for a channel comes from the event bus to every host, and each hands it to those who wait there.
//!
//! What it guarantees:
//! - a channel belongs to the service that names it; another one's is never held and never written to;
//! - whoever comes back with the position that they had gets what came meanwhile, or is told by `reset` that it isn't known;
//! - what was committed after a request began reaches the stream that it led to;
//! - who reads too slowly is cut off and holds up nobody; memory is bounded whatever comes;
//! - a stream ends with its caller's session, and when its caller's rights must be looked at again.
//!
//! Start reading at [`Hub`]; it does no I/O.

#![forbid(unsafe_code)]

#[cfg(feature = "events")]
mod bus;
mod channels;
mod held;
mod hub;
mod instruction;
mod message;
mod options;
mod poll;
mod position;
mod reader;
mod sessions;
mod sse;
mod sse_event;
mod statistics;
mod text;

pub use held::{Held, Item};
pub use hub::{Asked, Hub, Mark, NotHeld};
pub use instruction::{Instruction, Unusable, Way};
pub use message::Message;
pub use options::Options;
pub use poll::{Polled, poll};
pub use position::Position;
pub use sessions::Session;
pub use sse::EventStream;
pub use statistics::{Figures, Form};
