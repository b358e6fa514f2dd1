//! Answers that a service leaves to be held: server-sent events, WebSockets and long polls.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    LAST_MODIFIED, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use lyceum_live::{Asked, EventStream, Form, Hub, Instruction, Mark, NotHeld, Unusable, Way, poll};
use lyceum_network::{BoxBody, Fault, Problem};
use tracing::warn;

use crate::dialogue::Dialogue;
use crate::websocket::{Handshake, OtherVersion, VERSION};

/// Where a client was, as it says when it comes back.
const LAST_EVENT_ID: &str = "last-event-id";
/// The same in a query, for clients that can't set headers.
const LAST_EVENT_ID_QUERY: &str = "last_event_id=";
/// Has nginx send every event at once.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// What is true of an answer that ends, and not of one that goes on.
const OF_A_WHOLE_ANSWER: [HeaderName; 4] = [ACCEPT_RANGES, CONTENT_LENGTH, ETAG, LAST_MODIFIED];
/// When one may try again for whom there is no place.
const LATER: Duration = Duration::from_secs(5);

/// Whoever sent a request, as a reader of what its answer may lead to.
pub(crate) struct Reader {
    /// What keeps answers, and what it was told before the request.
    hub: Option<(Arc<Hub>, Mark)>,
    last: Option<String>,
    may_wait: bool,
    /// If the client would have a WebSocket.
    handshake: Option<Result<Handshake, OtherVersion>>,
    dialogue: Arc<Dialogue>,
}

/// Why a request isn't answered as its service meant to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Unusable(#[from] Unusable),
    #[error(transparent)]
    NotHeld(#[from] NotHeld),
    #[error(transparent)]
    OtherVersion(#[from] OtherVersion),
    #[error("no answers are held here")]
    NoHub,
}

impl Reader {
    pub(crate) fn of(
        request: &mut Request<Incoming>,
        hub: Option<&Arc<Hub>>,
        dialogue: &Arc<Dialogue>,
    ) -> Self {
        let handshake = hub.and_then(|_| Handshake::of(request));
        let header = request.headers().get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
        let mut query = request.uri().query().unwrap_or_default().split('&');
        let last = header.or_else(|| query.find_map(|pair| pair.strip_prefix(LAST_EVENT_ID_QUERY)));
        Self {
            hub: hub.map(|hub| (Arc::clone(hub), hub.mark())),
            last: last.map(str::to_owned),
            may_wait: request.method() == Method::GET,
            handshake,
            dialogue: Arc::clone(dialogue),
        }
    }

    /// Holds an answer if it is to be held. Of the instruction to do so the client sees nothing.
    pub(crate) async fn hold<E: 'static>(
        self,
        component: &str,
        mut response: Response<BoxBody<E>>,
    ) -> Result<Response<BoxBody<E>>, Unanswered> {
        let instruction = Instruction::take(response.headers_mut())?;
        let Some(instruction) = instruction.filter(|_| self.may_wait && response.status().is_success())
        else {
            return Ok(response);
        };
        let (hub, since) = self.hub.ok_or(Unanswered::NoHub)?;
        let dialogue = self.dialogue;
        let handshake = match instruction.way {
            Way::Stream => self.handshake.transpose()?,
            Way::Response => None,
        };
        let held = hub.hold(Asked {
            service: instruction.service.unwrap_or_else(|| component.to_owned()),
            channels: instruction.channels,
            caller: instruction.caller,
            session: instruction.session,
            form: match (instruction.way, &handshake) {
                (Way::Stream, None) => Form::Events,
                (Way::Stream, Some(_)) => Form::WebSocket,
                (Way::Response, _) => Form::Poll,
            },
            keep_alive: instruction.keep_alive,
            until: instruction.until,
            since,
            last: self.last,
            cut: {
                let dialogue = Arc::clone(&dialogue);
                Box::new(move || dialogue.cut_off())
            },
        })?;
        let (mut parts, first) = response.into_parts();
        prepare(&mut parts.headers, instruction.way);
        let body = match (instruction.way, handshake) {
            (Way::Stream, Some(handshake)) => {
                let (response, talk) = handshake.accept(held);
                dialogue.upgrade(Box::pin(talk));
                return Ok(response);
            }
            (Way::Stream, None) => EventStream::new(first, held).boxed_unsync(),
            (Way::Response, _) => {
                drop(first);
                let polled = poll(held, instruction.timeout).await;
                let body = if instruction.bare { polled.into_last() } else { Some(polled.into_bytes()) };
                if body.is_none() {
                    parts.status = StatusCode::NO_CONTENT;
                    parts.headers.remove(CONTENT_TYPE);
                }
                whole(body.unwrap_or_default())
            }
        };
        Ok(Response::from_parts(parts, body))
    }
}

fn whole<E: 'static>(body: Bytes) -> BoxBody<E> {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}

fn prepare(headers: &mut HeaderMap, way: Way) {
    for name in OF_A_WHOLE_ANSWER {
        headers.remove(name);
    }
    let kind = match way {
        Way::Stream => "text/event-stream",
        Way::Response => "application/json",
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
}

impl Unanswered {
    pub(crate) fn log(&self, component: &str, correlation_id: &str) {
        match self {
            Self::Fault(fault) => warn!(component, correlation_id, %fault, "a request failed"),
            Self::Unusable(fault) => warn!(component, correlation_id, %fault, "a request failed"),
            // The figures tell of these.
            Self::NotHeld(_) | Self::OtherVersion(_) | Self::NoHub => {}
        }
    }

    /// What the client gets.
    pub(crate) fn response<E: 'static>(
        &self,
        component: &str,
        correlation_id: &str,
        path: &str,
    ) -> Response<BoxBody<E>> {
        let mut response = self.problem(component).response(component, correlation_id, path);
        if let Self::OtherVersion(_) = self {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION));
        }
        response
    }

    /// What the client is told.
    fn problem(&self, component: &str) -> Problem {
        match self {
            Self::Fault(fault) => Problem::of(fault, component),
            Self::Unusable(_) => Problem::of(&Fault::NoAnswer, component),
            Self::NotHeld(NotHeld::OfOneCaller) => {
                let detail = "You have as many open streams as one may have: close some first.";
                let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_STREAMS", detail);
                Problem { retry_after: Some(LATER), ..problem }
            }
            Self::NotHeld(NotHeld::Full | NotHeld::Closing) => {
                Problem::unavailable("STREAMS_FULL", "No more streams are kept here at present.", LATER)
            }
            Self::OtherVersion(_) => {
                let detail = format!("WebSockets are spoken in version {VERSION} (RFC 6455).");
                Problem::new(StatusCode::UPGRADE_REQUIRED, "WEBSOCKET_VERSION", detail)
            }
            Self::NoHub => {
                let detail = "Streams are not kept by this deployment: ask again from time to time instead.";
                Problem::new(StatusCode::NOT_IMPLEMENTED, "STREAMS_NOT_KEPT", detail)
            }
        }
    }
}
