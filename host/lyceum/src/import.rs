//! Taking an older system's records over: a file of them, sent to the running application as any client would.
//!
//! - The file is read line by line, and no more of it is held than one slice and a digest of each record's key.
//! - Nothing is remembered of a run: services know by its natural key what is there already. So an import that ended
//!   anywhere is run again from the beginning.
//!
//! Start reading at [`takeover`].

mod client;
mod kind;
mod lines;
mod report;
mod seen;
mod takeover;

pub(crate) use client::{Account, Client};
pub(crate) use lines::Lines;
pub(crate) use report::Report;
pub(crate) use takeover::{Choices, Stopped, Takeover};
