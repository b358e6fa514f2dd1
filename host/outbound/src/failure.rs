//! Why a request to the outside has no answer.

use std::error::Error;
use std::io::{self, ErrorKind};

/// Why there is no answer, or no end of one. Each is an error code of `wasi:http`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The component's `allowed_outbound_hosts` don't name the destination.
    #[error("the component may not call this host")]
    NotAllowed,
    /// The destination is at an address that is not public, and that the operator didn't name.
    #[error("the host has no address that may be reached")]
    Prohibited,
    /// The URI names no destination, or the method can't be sent to one.
    #[error("the request is wrong: {0}")]
    Request(&'static str),
    /// The host's name resolves to nothing.
    #[error("the host's name can't be resolved: {0}")]
    Name(String),
    /// The name's resolution took too long.
    #[error("the host's name was not resolved in time")]
    NameTimeout,
    /// Nobody listens there.
    #[error("the host refuses the connection")]
    Refused,
    /// No way leads there.
    #[error("no network leads to the host")]
    Unroutable,
    /// TCP or TLS took too long.
    #[error("no connection was made in time")]
    ConnectTimeout,
    /// The destination isn't who it should be.
    #[error("the host's certificate is not valid: {0}")]
    Certificate(String),
    /// The destination ended TLS.
    #[error("the host ended TLS with the alert {0}")]
    Alert(u8),
    /// TLS can't be agreed on.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The breaker is open: the destination failed too often.
    #[error("the host fails and is left alone for a while")]
    LeftAlone,
    /// Too many calls of it are in flight.
    #[error("the host has too many requests in flight")]
    Busy,
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Lost(String),
    /// No head of an answer came in time.
    #[error("the host did not answer in time")]
    Deadline,
    /// The answer's head came, and not all of its body in time.
    #[error("the answer's body did not arrive in time")]
    BodyDeadline,
    /// The answer is longer than it may be.
    #[error("the answer's body is longer than {0} bytes")]
    BodyTooLarge(u64),
    /// The answer ended before its end.
    #[error("the answer's body broke off: {0}")]
    BodyCut(String),
    /// The answer's head is longer than it may be.
    #[error("the answer's head is too long")]
    HeadTooLarge,
    /// The request's own body broke off.
    #[error("the request's body broke off: {0}")]
    RequestBody(String),
    /// What came isn't HTTP.
    #[error("the answer is no HTTP: {0}")]
    Protocol(String),
}

impl Failure {
    /// Whether the destination certainly never saw the request, though it was to.
    pub(crate) fn is_unreached(&self) -> bool {
        matches!(
            self,
            Self::Name(_)
                | Self::NameTimeout
                | Self::Refused
                | Self::Unroutable
                | Self::ConnectTimeout
                | Self::Certificate(_)
                | Self::Alert(_)
                | Self::Tls(_)
        )
    }

    /// Whether it is over the same way however often it is tried.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Self::Certificate(_) | Self::Alert(_) | Self::Tls(_) | Self::HeadTooLarge)
    }

    /// A word for it, of which there are few.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not-allowed",
            Self::Prohibited => "prohibited-address",
            Self::Request(_) => "request",
            Self::Name(_) | Self::NameTimeout => "name",
            Self::Refused | Self::Unroutable | Self::ConnectTimeout => "connect",
            Self::Certificate(_) | Self::Alert(_) | Self::Tls(_) => "tls",
            Self::LeftAlone => "breaker",
            Self::Busy => "bulkhead",
            Self::Lost(_) | Self::BodyCut(_) => "lost",
            Self::Deadline | Self::BodyDeadline => "deadline",
            Self::BodyTooLarge(_) | Self::HeadTooLarge => "too-large",
            Self::RequestBody(_) => "request-body",
            Self::Protocol(_) => "protocol",
        }
    }

    /// What the client's library says, in one word of ours.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        chain(error).find_map(known).unwrap_or_else(|| Self::Lost(innermost(error)))
    }

    /// The same of a body that was being read.
    pub(crate) fn of_body(error: &hyper::Error) -> Self {
        if error.is_timeout() { Self::BodyDeadline } else { Self::BodyCut(innermost(error)) }
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
        match error.downcast_ref::<io::Error>() {
            // The source of an `io::Error` is that of the error in it, which would itself be left out.
            Some(io) if io.get_ref().is_some() => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            _ => error.source(),
        }
    }
    std::iter::successors(Some(error), |error| next(*error))
}

fn known(error: &(dyn Error + 'static)) -> Option<Failure> {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return Some(failure.clone());
    }
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(match tls {
            rustls::Error::InvalidCertificate(why) => Failure::Certificate(format!("{why:?}")),
            rustls::Error::NoCertificatesPresented => Failure::Certificate("there is none".to_owned()),
            rustls::Error::AlertReceived(alert) => Failure::Alert(u8::from(*alert)),
            other => Failure::Tls(other.to_string()),
        });
    }
    if let Some(hyper) = error.downcast_ref::<hyper::Error>() {
        return match hyper {
            _ if hyper.is_parse_too_large() => Some(Failure::HeadTooLarge),
            _ if hyper.is_user() => Some(Failure::RequestBody(innermost(hyper))),
            _ if hyper.is_parse() => Some(Failure::Protocol(hyper.to_string())),
            _ => None,
        };
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        ErrorKind::ConnectionRefused => Some(Failure::Refused),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => {
            Some(Failure::Unroutable)
        }
        ErrorKind::TimedOut => Some(Failure::ConnectTimeout),
        _ => None,
    }
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map_or_else(String::new, ToString::to_string)
}
