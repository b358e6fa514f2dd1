//! Why a call of another service gave nothing.

use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode, header, response::Parts};
use serde::Deserialize;

use super::client::SendError;
use crate::{event::EventError, log, problem::Problem};

/// When to try again, where nobody says.
const LATER: Duration = Duration::from_secs(2);
/// The longest `Retry-After` that is passed on.
const LATEST: u64 = 60 * 60;

/// Which service is away, in the answer of one that needs it: the mesh then doesn't take that one for broken.
const UNAVAILABLE: HeaderName = HeaderName::from_static("lyceum-unavailable");

/// Why a call of another service gave nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// It understood and said no: a status from 400 to 499.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It can't be reached, is too busy, or failed: the same call may go well later.
    #[error("{service} is not available: {reason}")]
    Unavailable {
        /// Which service.
        service: String,
        /// What it or the host said.
        reason: String,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// It didn't answer in time, and may have done what it was asked.
    #[error("{service} took too long")]
    Timeout {
        /// Which service.
        service: String,
    },
    /// This component may not call it: the manifest doesn't name it, or it is where no component may go.
    #[error("{service} may not be called")]
    NotAllowed {
        /// Which service.
        service: String,
    },
    /// It answered with something else than was asked for, or the request can't be written.
    #[error("{service} gave no usable answer: {reason}")]
    Unusable {
        /// Which service.
        service: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a service refused, as its problem (RFC 9457) tells it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{service} refused: {status} {code} {detail}")]
pub struct Refusal {
    /// Which service.
    pub service: String,
    /// The answer's status.
    pub status: StatusCode,
    /// What programs tell it by; empty if the service has no such codes.
    pub code: String,
    /// The sentence for a person; the status's own if there is none.
    pub detail: String,
    /// The fields that are wrong.
    pub violations: Vec<RefusedField>,
}

/// A field that the called service finds wrong.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct RefusedField {
    /// A JSON pointer into the body that was sent.
    pub pointer: String,
    /// Such as `TOO_LONG`.
    pub code: String,
    /// For a person.
    #[serde(default)]
    pub message: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    error_code: String,
    detail: String,
    details: Vec<RefusedField>,
}

impl Refusal {
    /// The same refusal as this service's own, for a caller who asked for just that.
    pub fn to_problem(&self) -> Problem {
        Problem::new(self.status, self.code.clone(), self.detail.clone())
    }
}

impl CallError {
    /// When it may be worth trying again, if the service said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The status and code with which the service refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    pub(super) fn unsent(service: &str, error: SendError) -> Self {
        let service = service.to_owned();
        match error {
            SendError::Denied => Self::NotAllowed { service },
            SendError::Timeout => Self::Timeout { service },
            SendError::Unavailable(reason) => Self::Unavailable { service, reason, retry_after: None },
            other => Self::Unusable { service, reason: other.to_string() },
        }
    }
}

/// What a status other than success means.
pub(super) fn refused(service: &str, head: &Parts, body: &[u8]) -> CallError {
    let (service, status) = (service.to_owned(), head.status);
    if status == StatusCode::GATEWAY_TIMEOUT {
        return CallError::Timeout { service };
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        let told = head.headers.get(header::RETRY_AFTER).and_then(|told| told.to_str().ok()?.parse().ok());
        let retry_after = told.map(|seconds: u64| Duration::from_secs(seconds.min(LATEST)));
        return CallError::Unavailable { service, reason: status.to_string(), retry_after };
    }
    if !status.is_client_error() {
        return CallError::Unusable { service, reason: status.to_string() };
    }
    let document: Document = serde_json::from_slice(body).unwrap_or_default();
    let own = || status.canonical_reason().unwrap_or_default().to_owned();
    CallError::Refused(Refusal {
        service,
        status,
        code: document.error_code,
        detail: Some(document.detail).filter(|detail| !detail.is_empty()).unwrap_or_else(own),
        violations: document.details,
    })
}

impl From<CallError> for Problem {
    /// What a caller is told who didn't ask for the call: the reasons are in the log. The mesh is told which service is away.
    fn from(error: CallError) -> Self {
        let away = match &error {
            CallError::Unavailable { service, .. } | CallError::Timeout { service } => {
                HeaderValue::try_from(service.as_str()).ok()
            }
            _ => None,
        };
        let named = |problem: Self| match away {
            Some(service) => problem.with_header(UNAVAILABLE, service),
            None => problem,
        };
        match &error {
            CallError::Unavailable { .. } | CallError::Timeout { .. } => log::warn(error.to_string()),
            _ => log::error(error.to_string()),
        }
        match error {
            CallError::Unavailable { retry_after, .. } => {
                named(Self::unavailable(retry_after.unwrap_or(LATER)))
            }
            CallError::Timeout { .. } => named(Self::timeout()),
            CallError::NotAllowed { .. } => Self::internal(),
            CallError::Refused(_) | CallError::Unusable { .. } => {
                Self::bad_gateway("Another service gave no usable answer.")
            }
        }
    }
}

impl From<CallError> for EventError {
    /// What isn't there at present costs the event no attempt.
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unavailable { .. } | CallError::Timeout { .. } => Self::unavailable(error),
            other => Self::failed(other),
        }
    }
}
