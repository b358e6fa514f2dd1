//! What became of a request to the outside, as `wasi:http` tells of it.

use lyceum_outbound::Failure;
use wrpc_interface_http::bindings::wasi::http::types::{DnsErrorPayload, ErrorCode, TlsAlertReceivedPayload};

/// The error code of a failure.
pub(super) fn code(failure: Failure) -> ErrorCode {
    match failure {
        Failure::NotAllowed => ErrorCode::HttpRequestDenied,
        Failure::Prohibited => ErrorCode::DestinationIpProhibited,
        Failure::Request(_) => ErrorCode::HttpRequestUriInvalid,
        Failure::Name(_) => ErrorCode::DnsError(DnsErrorPayload { rcode: None, info_code: None }),
        Failure::NameTimeout => ErrorCode::DnsTimeout,
        Failure::Refused => ErrorCode::ConnectionRefused,
        Failure::Unroutable => ErrorCode::DestinationIpUnroutable,
        Failure::ConnectTimeout => ErrorCode::ConnectionTimeout,
        Failure::Certificate(_) => ErrorCode::TlsCertificateError,
        Failure::Alert(alert) => ErrorCode::TlsAlertReceived(TlsAlertReceivedPayload {
            alert_id: Some(alert),
            alert_message: None,
        }),
        Failure::Tls(_) => ErrorCode::TlsProtocolError,
        Failure::LeftAlone => ErrorCode::DestinationUnavailable,
        Failure::Busy => ErrorCode::ConnectionLimitReached,
        Failure::Lost(_) => ErrorCode::ConnectionTerminated,
        Failure::Deadline => ErrorCode::HttpResponseTimeout,
        Failure::BodyDeadline => ErrorCode::ConnectionReadTimeout,
        Failure::BodyTooLarge(limit) => ErrorCode::HttpResponseBodySize(Some(limit)),
        Failure::BodyCut(_) => ErrorCode::HttpResponseIncomplete,
        Failure::HeadTooLarge => ErrorCode::HttpResponseHeaderSectionSize(None),
        Failure::Protocol(_) => ErrorCode::HttpProtocolError,
        // Its own body: the component knows best.
        other => ErrorCode::InternalError(Some(other.to_string())),
    }
}
