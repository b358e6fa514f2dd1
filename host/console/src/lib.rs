//! What Lyceum's programs print, the same way in all of them: answers on standard output, logs on standard error.
//!
//! Guarantees: a reader that has seen enough, as `head` has, or that is gone, as a collector of logs that was restarted, ends
//! no program and fails no request; a log is either for people or one JSON object a line, whichever program writes it.
//!
//! Start reading at [`show`] for answers, and at [`logs`].

#![forbid(unsafe_code)]

pub mod logs;
mod show;

pub use show::{NotShown, remark, show};
