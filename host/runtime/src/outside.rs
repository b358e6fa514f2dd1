//! Requests to hosts outside, as `wasi:http` tells of them.

use lyceum_outbound::Failure;
use wasmtime_wasi_http::Error;

/// What sends them; the bodies are those of guests.
pub type Outside = lyceum_outbound::Outside<Error>;

/// The error code of a failure.
pub(crate) fn error(failure: Failure) -> Error {
    match failure {
        Failure::NotAllowed => Error::HttpRequestDenied,
        Failure::Prohibited => Error::DestinationIpProhibited,
        Failure::Request(_) => Error::HttpRequestUriInvalid,
        Failure::Name(_) => Error::DnsError { rcode: None, info_code: None },
        Failure::NameTimeout => Error::DnsTimeout,
        Failure::Refused => Error::ConnectionRefused,
        Failure::Unroutable => Error::DestinationIpUnroutable,
        Failure::ConnectTimeout => Error::ConnectionTimeout,
        Failure::Certificate(_) => Error::TlsCertificateError,
        Failure::Alert(alert) => Error::TlsAlertReceived { alert_id: Some(alert), alert_message: None },
        Failure::Tls(_) => Error::TlsProtocolError,
        Failure::LeftAlone => Error::DestinationUnavailable,
        Failure::Busy => Error::ConnectionLimitReached,
        Failure::Lost(_) => Error::ConnectionTerminated,
        Failure::Deadline => Error::HttpResponseTimeout,
        Failure::BodyDeadline => Error::ConnectionReadTimeout,
        Failure::BodyTooLarge(limit) => Error::HttpResponseBodySize(Some(limit)),
        Failure::BodyCut(_) => Error::HttpResponseIncomplete,
        Failure::HeadTooLarge => Error::HttpResponseHeaderSectionSize(None),
        Failure::Protocol(_) => Error::HttpProtocolError,
        // Its own body: the component knows best.
        other => Error::InternalError(Some(other.to_string())),
    }
}
