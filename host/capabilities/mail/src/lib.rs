//! Lyceum's mail capability: outgoing electronic mail.
//!
//! A message has an id that stays the same however often it is sent, so that a receiver, or the backend itself, can
//! tell a repeated message from a new one. What is wrong with a message is found before anything is sent.
//!
//! Start reading at [`Sender`]; [`FileSender`] is the embedded backend, [`SmtpSender`] the one for a mail server. Every
//! backend passes the suite in the module `conformance`, behind the feature of that name.

#![forbid(unsafe_code)]

mod compose;
#[cfg(feature = "conformance")]
pub mod conformance;
mod file;
mod smtp;

use async_trait::async_trait;

pub use file::FileSender;
pub use smtp::SmtpSender;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Becomes the `Message-ID`; the same id again is the same message.
    pub id: String,
    /// One address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML, if there is one.
    pub html: Option<String>,
}

/// Sends messages.
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    /// Returns once the message is handed over for good.
    async fn send(&self, message: Message) -> Result<(), Error>;
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The message or the address is wrong; repeating it won't help.
    #[error("rejected: {0}")]
    Rejected(String),
    /// Try again later.
    #[error("unavailable: {0}")]
    Unavailable(String),
}
