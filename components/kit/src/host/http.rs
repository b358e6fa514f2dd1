//! `wasi:http/outgoing-handler`

#[cfg(target_family = "wasm")]
pub(crate) use guest::{Sent, send, wait_for_each};
#[cfg(not(target_family = "wasm"))]
pub use native::Http;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{Sent, send, wait_for_each};

#[cfg(target_family = "wasm")]
mod guest {
    use std::time::Duration;

    use axum::body::Body;
    use http::{HeaderMap, Method, Request, Response, StatusCode, uri::PathAndQuery};
    use lyceum_bindings::imports::wasi::{
        http::{
            outgoing_handler,
            types::{FutureIncomingResponse, IncomingResponse, OutgoingRequest, RequestOptions, Scheme},
        },
        io::poll::poll,
    };

    use crate::http::{
        SendError, StreamedBody, Written, content_length, headers_from_host, headers_to_host, method_to_host,
        write_body,
    };

    /// A request that was sent.
    pub(crate) struct Sent {
        future: FutureIncomingResponse,
        /// The answer to a HEAD has no body, whatever its `Content-Length` says.
        head: bool,
    }

    /// Sends a request to an absolute URI.
    pub(crate) fn send(request: Request<Body>, limit: Option<Duration>) -> Result<Sent, SendError> {
        let (parts, body) = request.into_parts();
        let invalid = |what: &str| SendError::Invalid(what.to_owned());
        let authority = parts.uri.authority().ok_or_else(|| invalid("no host"))?.as_str();
        let scheme = match parts.uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(invalid("neither http nor https")),
        };
        let outgoing = OutgoingRequest::new(headers_to_host(&parts.headers));
        let target = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        outgoing.set_method(&method_to_host(&parts.method)).map_err(|()| invalid("method"))?;
        outgoing.set_scheme(Some(&scheme)).map_err(|()| invalid("scheme"))?;
        outgoing.set_authority(Some(authority)).map_err(|()| invalid("host"))?;
        outgoing.set_path_with_query(Some(target)).map_err(|()| invalid("path"))?;
        let outgoing_body = outgoing.body().map_err(|()| invalid("body"))?;
        let future = outgoing_handler::handle(outgoing, limit.map(options))?;
        // The destination may answer without reading everything: its answer counts.
        match write_body(outgoing_body, body) {
            Written::TooLarge => Err(SendError::TooLarge),
            Written::Whole | Written::Partly => Ok(Sent { future, head: parts.method == Method::HEAD }),
        }
    }

    /// A host that doesn't know an option refuses it and keeps its own limit.
    fn options(limit: Duration) -> RequestOptions {
        let nanoseconds = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        let options = RequestOptions::new();
        let _connect = options.set_connect_timeout(Some(nanoseconds));
        let _first_byte = options.set_first_byte_timeout(Some(nanoseconds));
        options
    }

    /// Calls `answered` with each number as soon as its answer is there.
    pub(crate) fn wait_for_each(sent: &[(usize, &Sent)], mut answered: impl FnMut(usize)) {
        let mut waiting: Vec<_> =
            sent.iter().map(|(index, sent)| (*index, sent.future.subscribe())).collect();
        while !waiting.is_empty() {
            let ready = poll(&waiting.iter().map(|(_, pollable)| pollable).collect::<Vec<_>>());
            let mut position = 0;
            waiting.retain(|(index, _)| {
                let is_ready = ready.contains(&position);
                position += 1;
                if is_ready {
                    answered(*index);
                }
                !is_ready
            });
        }
    }

    impl Sent {
        /// Waits for the head of the answer; its body streams.
        pub(crate) fn receive(self) -> Result<Response<Body>, SendError> {
            let Self { future, head } = self;
            future.subscribe().block();
            let lost = || SendError::Protocol("the host lost the answer".into());
            let incoming = future.get().ok_or_else(lost)?.map_err(|()| lost())??;
            let status = StatusCode::from_u16(incoming.status())
                .map_err(|error| SendError::Protocol(error.to_string()))?;
            let headers = headers_from_host(&incoming.headers());
            let empty = head || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
            let body =
                if empty { Body::empty() } else { response_body(&incoming, &headers).ok_or_else(lost)? };
            let mut response = Response::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        }
    }

    fn response_body(incoming: &IncomingResponse, headers: &HeaderMap) -> Option<Body> {
        let length = content_length(headers);
        if length == Some(0) {
            return Some(Body::empty());
        }
        Some(Body::new(StreamedBody::new(incoming.consume().ok()?, length)?))
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::{fmt, time::Duration};

    use axum::body::{Body, to_bytes};
    use bytes::Bytes;
    use http::{Request, Response};

    use crate::{block_on::block_on, host::installed::required, http::SendError};

    /// Answers outgoing requests.
    pub trait Http: fmt::Debug {
        /// The answer to a request to an absolute URI, which a host would wait for at most that long.
        fn send(
            &self,
            request: Request<Bytes>,
            limit: Option<Duration>,
        ) -> Result<Response<Bytes>, SendError>;
    }

    /// A request that was answered already.
    pub(crate) struct Sent(Response<Bytes>);

    pub(crate) fn send(request: Request<Body>, limit: Option<Duration>) -> Result<Sent, SendError> {
        let (parts, body) = request.into_parts();
        let body = block_on(to_bytes(body, usize::MAX)).and_then(Result::ok);
        let body = body.ok_or_else(|| SendError::Invalid("the body broke off".into()))?;
        let http = required("wasi:http/outgoing-handler", |host| host.http.as_ref());
        http.send(Request::from_parts(parts, body), limit).map(Sent)
    }

    pub(crate) fn wait_for_each(sent: &[(usize, &Sent)], mut answered: impl FnMut(usize)) {
        for (index, _) in sent {
            answered(*index);
        }
    }

    impl Sent {
        #[allow(clippy::unnecessary_wraps, reason = "as in a component")]
        pub(crate) fn receive(self) -> Result<Response<Body>, SendError> {
            Ok(self.0.map(Body::from))
        }
    }
}
