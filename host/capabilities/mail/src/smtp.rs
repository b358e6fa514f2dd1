//! Mail through a server that speaks SMTP (RFC 5321).

use std::time::Duration;

use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::response::{Category, Severity};
use lettre::transport::smtp::{Error as SmtpError, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::time::timeout;

use crate::compose::compose;
use crate::{Error, Message, Sender};

/// How long the server may take for each step, and to accept a connection.
const STEP: Duration = Duration::from_secs(5);
/// How long a message may take altogether.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that are kept for the next message.
const CONNECTIONS: u32 = 8;

/// Hands each message to a mail server. A message that is repeated is handed over again, with the same `Message-ID`,
/// by which mail servers and readers know it.
pub struct SmtpSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpSender {
    /// A sender for `smtps://user:password@host` (TLS, port 465), `smtp://user:password@host?tls=required` (STARTTLS,
    /// port 587) or `smtp://host:port` (neither, for servers on the same machine). User and password are
    /// percent-encoded. `from` is an address with or without a name, such as `Lyceum <noreply@example.org>`. It
    /// connects with the first message.
    ///
    /// # Errors
    /// [`Error::Rejected`] if one of the two can't be understood; the address itself is not told, since it may hold a
    /// password.
    pub fn open(server: &str, from: &str) -> Result<Self, Error> {
        let from = from.parse().map_err(|error| Error::Rejected(format!("the sender's address: {error}")))?;
        // Fails if it was done before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(server)
            .map_err(|error| Error::Rejected(format!("the address of the mail server: {error}")))?
            .timeout(Some(STEP))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        Ok(Self { transport, from })
    }
}

#[async_trait]
impl Sender for SmtpSender {
    async fn send(&self, message: Message) -> Result<(), Error> {
        let text = compose(&message, &self.from)?;
        let to = message.to.parse().map_err(|error| Error::Rejected(format!("the address: {error}")))?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to])
            .map_err(|error| Error::Rejected(error.to_string()))?;
        match timeout(TIMEOUT, self.transport.send_raw(&envelope, &text)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(told(&error)),
            Err(_) => Err(Error::Unavailable("the mail server took too long".to_owned())),
        }
    }
}

/// A server that refuses for good refuses this message only if it speaks of mail (RFC 5321, 4.2.1: x5z); otherwise it
/// refuses us, which an operator can put right.
fn told(error: &SmtpError) -> Error {
    let refused = error.status().is_some_and(|code| {
        code.severity == Severity::PermanentNegativeCompletion && code.category == Category::MailSystem
    });
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    if refused { Error::Rejected(why) } else { Error::Unavailable(why) }
}
