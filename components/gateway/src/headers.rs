//! Headers that must not cross the gateway, in either direction.

use http::{HeaderMap, HeaderName, header};
use lyceum_kit::context::CORRELATION_HEADER;

/// Lyceum's own headers: only components may set or see them.
const INTERNAL_PREFIX: &str = "lyceum-";
/// Instructions to the host to hold an answer (GRIP): a service's, and never a client's.
const HOLDING_PREFIX: &str = "grip-";
/// What a proxy in front says about the client. None stands in front that is
/// believed, so it would be a claim of the client's own.
const FORWARDED_PREFIX: &str = "x-forwarded-";

/// Of one connection (RFC 9110, 7.6.1), or settled by the gateway itself.
const NOT_FORWARDED: [&str; 14] = [
    "connection",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-real-ip",
];

/// Leaves what a service may see of a request from outside. The kit adds the
/// correlation id again, in the form that was accepted.
pub(crate) fn clean_request(headers: &mut HeaderMap) {
    clean(headers, |name| {
        name == header::AUTHORIZATION.as_str()
            || name == CORRELATION_HEADER
            || name.starts_with(FORWARDED_PREFIX)
            || name.starts_with(HOLDING_PREFIX)
    });
}

/// Leaves what may be seen outside of a service's answer. Clients of the older library get their token in `Authorization`.
pub(crate) fn clean_answer(headers: &mut HeaderMap) {
    clean(headers, |_| false);
}

fn clean(headers: &mut HeaderMap, also: impl Fn(&str) -> bool) {
    let of_the_connection = named_by_connection(headers);
    let unwanted: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let name = name.as_str();
            NOT_FORWARDED.binary_search(&name).is_ok() || name.starts_with(INTERNAL_PREFIX) || also(name)
        })
        .cloned()
        .collect();
    for name in unwanted.iter().chain(&of_the_connection) {
        headers.remove(name);
    }
}

/// The headers that `Connection` takes with it. It can't be used to take away
/// what is added later, since it is followed first and then removed.
fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(entries: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        entries.iter().map(pair).collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_list_is_sorted_as_its_search_needs() {
        assert!(NOT_FORWARDED.is_sorted());
    }

    #[test]
    fn a_service_sees_no_internal_header_from_outside() {
        let mut request = headers(&[
            ("authorization", "Bearer x"),
            ("forwarded", "for=1.2.3.4"),
            ("grip-channel", "inbox/somebody"),
            ("grip-hold", "stream"),
            ("lyceum-identity", "v1.forged"),
            ("lyceum-anything", "1"),
            ("lyceum-live", "notes; caller=somebody"),
            ("te", "trailers"),
            ("x-correlation-id", "<b>"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-host", "evil"),
            ("x-real-ip", "1.2.3.4"),
        ]);
        clean_request(&mut request);
        assert!(request.is_empty(), "{request:?}");
    }

    #[test]
    fn a_service_sees_what_is_meant_for_it() {
        let kept = [
            ("accept", "*/*"),
            ("content-length", "2"),
            ("content-type", "application/json"),
            ("idempotency-key", "k"),
            ("if-match", "\"7\""),
            ("if-none-match", "\"7\""),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ];
        let mut request = headers(&kept);
        clean_request(&mut request);
        assert_eq!(names(&request), kept.map(|(name, _)| name));
    }

    #[test]
    fn connection_takes_its_headers_with_it_and_nothing_that_is_added_later() {
        let mut request =
            headers(&[("connection", "close, X-Hop ,lyceum-identity"), ("x-hop", "1"), ("accept", "*/*")]);
        clean_request(&mut request);
        request.insert("lyceum-identity", HeaderValue::from_static("v1.issued"));
        assert_eq!(names(&request), ["accept", "lyceum-identity"]);
    }

    #[test]
    fn an_answer_keeps_everything_but_the_inside() {
        let mut answer = headers(&[
            ("content-type", "application/json"),
            ("etag", "\"7\""),
            ("lyceum-cost", "7"),
            ("retry-after", "2"),
            ("transfer-encoding", "chunked"),
            ("www-authenticate", "Bearer"),
            ("x-correlation-id", "c"),
        ]);
        clean_answer(&mut answer);
        assert_eq!(
            names(&answer),
            ["content-type", "etag", "retry-after", "www-authenticate", "x-correlation-id"]
        );
    }
}
