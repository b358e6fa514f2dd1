//! Outgoing mail.

use crate::host::mail as sender;

/// A mail to one address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Becomes the `Message-ID`; the same id again is the same mail.
    pub id: String,
    /// One address, RFC 5321 `Mailbox`.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
}

/// Why it wasn't sent.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The message or the address is wrong: repeating it won't help.
    #[error("the mail was rejected: {0}")]
    Rejected(String),
    /// Try again later.
    #[error("mail can't be sent at present: {0}")]
    Unavailable(String),
}

/// Hands a mail to the host. Sending the same id again is harmless.
pub fn send(message: Message) -> Result<(), MailError> {
    let Message { id, to, subject, text, html } = message;
    sender::send(&sender::Message { id, to, subject, text, html }).map_err(|error| match error {
        sender::Error::Rejected(reason) => MailError::Rejected(reason),
        sender::Error::Unavailable(reason) => MailError::Unavailable(reason),
    })
}
