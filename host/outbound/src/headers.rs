//! What goes outside, and what comes from there.

use http::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

/// What the outside is told of the trace that a request belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trace {
    /// Nothing.
    #[default]
    Kept,
    /// The W3C trace context.
    Told,
}

/// Headers of one connection (RFC 9110, section 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 10] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("http2-settings"),
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// What every header of Lyceum's own begins with.
const OWN: &str = "lyceum-";
/// What instructions to hold an answer begin with (GRIP): they are for components alone to give.
const HOLDING: &str = "grip-";

/// What ties requests together inside, and who asked first: nobody's business outside.
const INSIDE: [&str; 8] = [
    "forwarded",
    "x-correlation-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
    "x-request-id",
];

/// The trace context, and what travels with it.
const TRACE: [&str; 3] = ["baggage", "traceparent", "tracestate"];

/// Leaves what may go outside. The host is the URI's.
pub(crate) fn strip_request(headers: &mut HeaderMap, trace: Trace) {
    strip(headers, |name| {
        INSIDE.contains(&name)
            || HOST.as_str() == name
            || (TRACE.contains(&name) && (trace == Trace::Kept || name == "baggage"))
    });
}

/// Leaves what concerns the component: an outside host speaks for itself, and never in Lyceum's name.
pub(crate) fn strip_response(headers: &mut HeaderMap) {
    strip(headers, |name| name.starts_with(HOLDING));
}

fn strip(headers: &mut HeaderMap, also: impl Fn(&str) -> bool) {
    let listed: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let away: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            OF_THE_CONNECTION.contains(name)
                || listed.contains(name)
                || name.as_str().starts_with(OWN)
                || also(name.as_str())
        })
        .cloned()
        .collect();
    for name in away {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(names: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.append(name.parse::<HeaderName>().unwrap(), "1".parse().unwrap());
        }
        headers
    }

    #[test]
    fn identity_and_hop_by_hop_headers_are_not_sent_outside() {
        let mut all = headers(&[
            "accept",
            "authorization",
            "content-type",
            "idempotency-key",
            "lyceum-identity",
            "lyceum-deadline",
            "lyceum-anything",
            "x-correlation-id",
            "x-forwarded-for",
            "forwarded",
            "x-real-ip",
            "traceparent",
            "tracestate",
            "baggage",
            "te",
            "upgrade",
            "host",
            "keep-alive",
            "proxy-authorization",
            "x-private",
        ]);
        all.append(CONNECTION, "close, X-Private".parse().unwrap());
        let mut told = all.clone();
        strip_request(&mut all, Trace::Kept);
        let mut left: Vec<_> = all.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["accept", "authorization", "content-type", "idempotency-key"]);
        strip_request(&mut told, Trace::Told);
        assert!(
            told.contains_key("traceparent")
                && told.contains_key("tracestate")
                && !told.contains_key("baggage")
        );
        assert!(!told.contains_key("lyceum-identity") && !told.contains_key("x-correlation-id"));
    }

    #[test]
    fn an_answer_says_nothing_in_lyceums_name() {
        let mut all = headers(&[
            "content-type",
            "grip-hold",
            "grip-channel",
            "lyceum-identity",
            "lyceum-live",
            "set-cookie",
            "keep-alive",
            "location",
        ]);
        strip_response(&mut all);
        let mut left: Vec<_> = all.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-type", "location", "set-cookie"]);
    }
}
