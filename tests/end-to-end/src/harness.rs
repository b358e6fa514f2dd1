//! Starting, killing and looking into the real program.
//!
//! Nothing is built here: `cargo xtask test` builds the components and the program first.

mod backend;
mod console;
mod log;
mod mail;
mod manifest;
mod prepared;
mod process;
mod program;
mod running;

pub use backend::{Backend, Database};
pub use console::{Console, published};
pub use log::Log;
pub use mail::{Post, mails};
pub use manifest::Manifest;
pub use prepared::Prepared;
pub use program::{program, workspace};
pub use running::{Lyceum, Setup};
