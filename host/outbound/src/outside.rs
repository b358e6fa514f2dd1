//! The way to hosts outside of the application.

use std::error::Error;
use std::time::{Duration, Instant};

use http::header::{CONTENT_LENGTH, HeaderMap, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode, Uri, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use lyceum_mesh::{Deadline, Destination, Mesh, Outcome, Refused, Ticket};
use lyceum_network::{BoxBody, Call, Finishing, Repeatable};
use tracing::{debug, warn};

use crate::answer::Answer;
use crate::connect::Connector;
use crate::failure::Failure;
use crate::headers::{strip_request, strip_response};
use crate::settings::Settings;
use crate::statistics::Statistics;
use crate::tls::{self, UnusableRoots};

/// How many bytes the head of an answer may have.
const HEAD: u32 = 64 << 10;
/// How long a connection waits for its next request; servers commonly close theirs after a minute.
const IDLE: Duration = Duration::from_secs(30);

/// What goes along with a request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its deadline and correlation id, which stay here.
    pub call: Call,
    /// How long the caller waits for the head of an answer; its body may take the rest of the time.
    pub first_byte: Option<Duration>,
}

/// Sends requests of components to hosts outside. Request bodies fail with `E`.
pub struct Outside<E> {
    client: Client<Connector<GaiResolver>, BoxBody<E>>,
    mesh: Mesh,
    settings: Settings,
    statistics: Statistics,
}

type Answered = Result<Response<BoxBody<Failure>>, Failure>;

impl<E> Outside<E>
where
    E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    /// Through this mesh, which knows who may call what.
    ///
    /// # Errors
    /// If the operator's authorities can't be read.
    pub fn new(mesh: Mesh, settings: Settings) -> Result<Self, UnusableRoots> {
        let tls = tls::config(settings.roots.as_deref())?;
        let connector = Connector::new(GaiResolver::new(), settings.addresses.clone(), settings.connect, tls);
        // No proxy of the environment is asked: it would connect where we may not look.
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(settings.idle_connections)
            .http1_max_buf_size(HEAD as usize)
            .http2_max_header_list_size(HEAD)
            .build(connector);
        Ok(Self { client, mesh, settings, statistics: Statistics::default() })
    }

    /// What became of requests so far.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Sends a request of the component `sender`. Whatever status the destination gives is an answer.
    ///
    /// # Errors
    /// If there is none.
    pub async fn send(&self, sender: &str, request: Request<BoxBody<E>>, asked: Asked) -> Answered {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let correlation_id = asked.call.correlation_id.clone();
        let answered = self.try_send(sender, request, asked).await;
        match &answered {
            Ok(response) => {
                debug!(
                    component = sender,
                    host,
                    correlation_id = &*correlation_id,
                    status = response.status().as_u16(),
                    "a host outside answered"
                );
            }
            Err(failure) => {
                self.statistics.count(failure);
                warn!(component = sender, host, correlation_id = &*correlation_id, %failure, "a call to the outside failed");
            }
        }
        answered
    }

    async fn try_send(&self, sender: &str, request: Request<BoxBody<E>>, asked: Asked) -> Answered {
        let destination = Destination::of(request.uri()).map_err(|_| Failure::Request("its URI"))?;
        let request = prepared(request, &destination, &self.settings)?;
        let method = request.method().clone();
        let now = Instant::now();
        let total = asked.call.deadline.saturating_duration_since(now).min(self.settings.total);
        let mut call = lyceum_mesh::Call {
            caller: sender,
            destination: &destination,
            method: &method,
            has_idempotency_key: request.headers().contains_key("idempotency-key"),
            deadline: Deadline::after(now, total),
            repeat: 0,
            avoid: None,
        };
        let (mut request, again) = Repeatable::of(request);
        loop {
            let ticket = self.mesh.admit(&call).map_err(refusal)?;
            let began = Instant::now();
            let (answered, outcome) = self.attempt(ticket, request, asked.first_byte).await;
            let Some(outcome) = outcome else { return answered };
            let Some(repeated) = again.as_ref().and_then(Repeatable::request) else { return answered };
            let Some(wait) = self.mesh.may_retry(&call, outcome, began.elapsed()) else { return answered };
            drop(answered);
            tokio::time::sleep(wait).await;
            request = repeated;
            call.repeat += 1;
        }
    }

    /// One attempt, and how it ended if it may be worth another one.
    async fn attempt(
        &self,
        ticket: Ticket,
        request: Request<BoxBody<E>>,
        first_byte: Option<Duration>,
    ) -> (Answered, Option<Outcome>) {
        let (start, deadline) = (Instant::now(), ticket.deadline().instant());
        let head_by = first_byte
            .and_then(|patience| start.checked_add(patience))
            .map_or(deadline, |by| by.min(deadline));
        let has_body = *request.method() != Method::HEAD;
        let sent = tokio::time::timeout_at(head_by.into(), self.client.request(request)).await;
        let failure = match sent {
            Ok(Ok(response)) => return self.answered(ticket, response, has_body, deadline),
            Ok(Err(error)) => Failure::of(&error),
            Err(_) => Failure::Deadline,
        };
        let outcome = match &failure {
            // A caller that leaves next to no time says nothing about the destination.
            Failure::Deadline if head_by < deadline && head_by < start + FAIR => None,
            Failure::Deadline => Some(Outcome::TimedOut),
            Failure::Lost(_) => Some(Outcome::Lost),
            Failure::HeadTooLarge | Failure::Protocol(_) => Some(Outcome::Broken),
            unreached if unreached.is_unreached() => Some(Outcome::Unreached),
            // The caller's own doing.
            _ => None,
        };
        match outcome {
            Some(outcome) => ticket.finish(outcome),
            None => drop(ticket),
        }
        let outcome = outcome.filter(|_| !failure.is_lasting());
        (Err(failure), outcome)
    }

    fn answered(
        &self,
        ticket: Ticket,
        response: Response<Incoming>,
        has_body: bool,
        deadline: Instant,
    ) -> (Answered, Option<Outcome>) {
        let (status, largest) = (response.status(), self.settings.response_body);
        let outcome = Outcome::Answered(status);
        if status == StatusCode::SWITCHING_PROTOCOLS {
            ticket.finish(Outcome::Broken);
            return (Err(Failure::Protocol("it switches protocols".to_owned())), None);
        }
        let length = length(response.headers()).filter(|_| has_body);
        if length.is_some_and(|length| length > largest) {
            ticket.finish(outcome);
            return (Err(Failure::BodyTooLarge(largest)), None);
        }
        // Who says when to come back isn't asked before.
        let is_told = response.headers().contains_key(RETRY_AFTER);
        let mut response = response.map(|body| {
            let body = Answer::new(body, deadline.into(), largest).boxed_unsync();
            Finishing::new(body, ticket, outcome, length).boxed_unsync()
        });
        strip_response(response.headers_mut());
        (Ok(response), (!is_told).then_some(outcome))
    }
}

/// A time-out after less than this says nothing about the destination.
const FAIR: Duration = Duration::from_millis(500);

/// The request as it goes outside.
fn prepared<B>(
    mut request: Request<B>,
    destination: &Destination,
    settings: &Settings,
) -> Result<Request<B>, Failure> {
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return Err(Failure::Request("its method"));
    }
    // The destination that was looked at, and no other spelling of it.
    let mut parts = request.uri().clone().into_parts();
    let port = destination.port();
    let authority = if port == destination.scheme().default_port() {
        destination.host().to_owned()
    } else {
        format!("{}:{port}", destination.host())
    };
    parts.authority = Some(authority.parse().map_err(|_| Failure::Request("its host"))?);
    parts.path_and_query.get_or_insert(http::uri::PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from_parts(parts).map_err(|_| Failure::Request("its URI"))?;
    // Which version is spoken is agreed on with the destination.
    *request.version_mut() = Version::HTTP_11;
    request.extensions_mut().clear();
    strip_request(request.headers_mut(), settings.trace);
    Ok(request)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn refusal(refused: Refused) -> Failure {
    match refused {
        Refused::Open { .. } => Failure::LeftAlone,
        Refused::Full { .. } => Failure::Busy,
        Refused::NotAllowed => Failure::NotAllowed,
        _ => Failure::Deadline,
    }
}
