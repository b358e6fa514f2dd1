//! A call, how it can be refused, and how it can end.

use std::time::Duration;

use http::{Method, StatusCode};

use crate::breaker::Verdict;
use crate::deadline::Deadline;
use crate::destination::Destination;

/// A call that one component wants to make.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The calling component's id.
    pub caller: &'a str,
    /// Where it goes.
    pub destination: &'a Destination,
    /// Its method.
    pub method: &'a Method,
    /// Whether it carries an `Idempotency-Key`.
    pub has_idempotency_key: bool,
    /// By when the caller must have its answer.
    pub deadline: Deadline,
    /// How often it was made before: 0 the first time.
    pub repeat: u32,
    /// The version that failed the last time; it is asked again only if there is no other.
    pub avoid: Option<&'a str>,
}

/// Why a call may not be made now. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The destination fails too often and is left alone.
    #[error("the destination fails and is left alone for a while")]
    Open {
        /// When to try again.
        retry_after: Duration,
    },
    /// The destination has too many calls in flight.
    #[error("the destination has too many calls in flight")]
    Full {
        /// When to try again.
        retry_after: Duration,
    },
    /// The caller's `allowed_outbound_hosts` do not name the destination.
    #[error("the component may not call this destination")]
    NotAllowed,
    /// There is no time left for the call.
    #[error("no time is left for the call")]
    DeadlinePassed,
}

impl Refused {
    /// What to send as `Retry-After`, if waiting helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Open { retry_after } | Self::Full { retry_after } => Some(*retry_after),
            Self::NotAllowed | Self::DeadlinePassed => None,
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// With a response.
    Answered(StatusCode),
    /// With a response that says that another service is away, which the destination asked.
    Dependent(StatusCode),
    /// The destination never saw it: no connection, no free instance.
    Unreached,
    /// The destination broke while it had it: a trap, a lost connection, a response cut short.
    Broken,
    /// What ran the destination, or something that it was calling, is gone. Others of its kind may be there.
    Lost,
    /// The deadline came first.
    TimedOut,
}

impl Outcome {
    /// Whether repeating an idempotent call is worth it: the destination did nothing at all, or what was lost with the call
    /// is not what a repeated one will meet.
    pub fn is_retry_safe(self) -> bool {
        matches!(self, Self::Unreached | Self::Lost) || self.status() == Some(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// The status of the response, if there was one.
    pub fn status(self) -> Option<StatusCode> {
        match self {
            Self::Answered(status) | Self::Dependent(status) => Some(status),
            Self::Unreached | Self::Broken | Self::Lost | Self::TimedOut => None,
        }
    }

    /// What it says about the destination, when the call was `given` so much time.
    pub(super) fn verdict(self, given: Duration, fair: Duration) -> Verdict {
        match self {
            // Not implemented is a correct answer of a service that works.
            Self::Answered(StatusCode::NOT_IMPLEMENTED) => Verdict::Success,
            Self::Answered(status) if status.is_server_error() => Verdict::Failure,
            // What can say that something else is away works itself: the other's own breaker counts that.
            Self::Answered(_) | Self::Dependent(_) => Verdict::Success,
            // A caller that leaves too little time must not make a good service look bad.
            Self::TimedOut if given < fair => Verdict::Unknown,
            Self::Unreached | Self::Broken | Self::Lost | Self::TimedOut => Verdict::Failure,
        }
    }
}
