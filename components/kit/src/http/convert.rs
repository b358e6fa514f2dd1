//! Between the host's types and those of the crate `http`.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use lyceum_bindings::imports::wasi::http::types::{Fields, Method as HostMethod};

/// Headers of one connection, which must not travel further (RFC 9110, 7.6.1);
/// the host sets its own. `host` is the request's authority.
const OF_THE_CONNECTION: [&str; 9] = [
    "connection",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// `None` when the host gives a method that HTTP doesn't allow.
pub(crate) fn method_from_host(method: HostMethod) -> Option<Method> {
    Some(match method {
        HostMethod::Get => Method::GET,
        HostMethod::Head => Method::HEAD,
        HostMethod::Post => Method::POST,
        HostMethod::Put => Method::PUT,
        HostMethod::Delete => Method::DELETE,
        HostMethod::Connect => Method::CONNECT,
        HostMethod::Options => Method::OPTIONS,
        HostMethod::Trace => Method::TRACE,
        HostMethod::Patch => Method::PATCH,
        HostMethod::Other(name) => Method::from_bytes(name.as_bytes()).ok()?,
    })
}

// Natively there is no host to take one.
#[cfg(any(test, target_family = "wasm"))]
pub(crate) fn method_to_host(method: &Method) -> HostMethod {
    match method.as_str() {
        "GET" => HostMethod::Get,
        "HEAD" => HostMethod::Head,
        "POST" => HostMethod::Post,
        "PUT" => HostMethod::Put,
        "DELETE" => HostMethod::Delete,
        "CONNECT" => HostMethod::Connect,
        "OPTIONS" => HostMethod::Options,
        "TRACE" => HostMethod::Trace,
        "PATCH" => HostMethod::Patch,
        other => HostMethod::Other(other.to_owned()),
    }
}

/// All headers, by one host call. One that HTTP doesn't allow is left out.
pub(crate) fn headers_from_host(fields: &Fields) -> HeaderMap {
    let entries = fields.entries();
    let mut headers = HeaderMap::with_capacity(entries.len());
    for (name, value) in entries {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_maybe_shared(bytes::Bytes::from(value)),
        ) {
            headers.append(name, value);
        }
    }
    headers
}

/// The headers as the host takes them, without those of the connection.
pub(crate) fn headers_to_host(headers: &HeaderMap) -> Fields {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(',').map(|name| name.trim().to_ascii_lowercase()))
        .collect();
    let entries: Vec<(String, Vec<u8>)> = headers
        .iter()
        .filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()))
        .filter(|(name, _)| !named.iter().any(|connection| connection == name.as_str()))
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    Fields::from_list(&entries).unwrap_or_else(|_| one_by_one(&entries))
}

/// A host may forbid more than the list above: then only those are left out.
fn one_by_one(entries: &[(String, Vec<u8>)]) -> Fields {
    let fields = Fields::new();
    for (name, value) in entries {
        // A refused header is the host's decision; the rest must still arrive.
        let _refused = fields.append(name, value);
    }
    fields
}

/// `Content-Length`, if there is exactly one that is a number.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_survive_the_way_through_the_host() {
        for name in ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"]
        {
            let method = Method::from_bytes(name.as_bytes()).unwrap();
            assert_eq!(method_from_host(method_to_host(&method)), Some(method));
        }
        assert_eq!(method_from_host(HostMethod::Other("A B".into())), None);
    }
}
