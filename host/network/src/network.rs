//! The way from one component to another: admitted, signed, carried, and made again where that is safe.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use lyceum_mesh::identity::Keyring;
use lyceum_mesh::{Deadline, Destination, Mesh, Outcome, Refused, Ticket};
use tracing::{debug, warn};

use crate::finishing::Finishing;
use crate::repeatable::{IDEMPOTENCY_KEY, Repeatable};
use crate::{BoxBody, Call, Fault, Problem, Transport};

/// Says who asks; only the mesh can write one that a component believes.
pub const IDENTITY: HeaderName = HeaderName::from_static("lyceum-identity");

/// Says which service is away, in an answer with 503 or 504 of one that needs it. Such an answer is no failure of who gives it.
pub const UNAVAILABLE: HeaderName = HeaderName::from_static("lyceum-unavailable");

/// Why a request goes nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unroutable {
    /// Its URI names no destination.
    #[error("the URI is not valid")]
    Uri,
    /// Its destination is outside of the application.
    #[error("the destination is outside of the application")]
    Outside,
    /// The application has no such component.
    #[error("there is no such component")]
    Unknown,
}

/// The components of one application, and the mesh between them.
pub struct Network<T> {
    mesh: Mesh,
    keyring: Keyring,
    issuers: RwLock<BTreeSet<String>>,
    transport: T,
}

impl<T: Transport> Network<T> {
    /// The network over this transport. Only the `issuers` may say on whose behalf they call.
    pub fn new(mesh: Mesh, keyring: Keyring, issuers: BTreeSet<String>, transport: T) -> Self {
        Self { mesh, keyring, issuers: RwLock::new(issuers), transport }
    }

    /// The mesh, whose state operators want to see.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// What carries the requests.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// From now on these are the issuers.
    pub fn set_issuers(&self, issuers: BTreeSet<String>) {
        *self.issuers.write().unwrap_or_else(PoisonError::into_inner) = issuers;
    }

    /// Sends a request of the component `sender`. What goes wrong inside the application is an answer,
    /// since that is what the sender's own caller needs; an error means that the destination is outside
    /// of it or doesn't exist.
    pub async fn send(
        &self,
        sender: &str,
        request: Request<BoxBody<T::Error>>,
        call: Call,
    ) -> Result<Response<BoxBody<T::Error>>, Unroutable> {
        let destination = Destination::of(request.uri()).map_err(|_| Unroutable::Uri)?;
        let Some(id) = destination.component_id() else { return Err(Unroutable::Outside) };
        if !self.transport.knows(id) {
            return Err(Unroutable::Unknown);
        }
        let method = request.method().clone();
        let mut attempt = lyceum_mesh::Call {
            caller: sender,
            destination: &destination,
            method: &method,
            has_idempotency_key: request.headers().contains_key(IDEMPOTENCY_KEY),
            deadline: Deadline::after(
                Instant::now(),
                call.deadline.saturating_duration_since(Instant::now()),
            ),
            repeat: 0,
            avoid: None,
        };
        let uri = request.uri().clone();
        let (first, again) = Repeatable::of(request);
        let mut request = first;
        let mut failed: Option<String> = None;
        loop {
            let began = Instant::now();
            let admitted = self.mesh.admit(&lyceum_mesh::Call { avoid: failed.as_deref(), ..attempt });
            let (response, outcome) = match admitted {
                Err(refused) => {
                    return Ok(refusal(refused, id).response(id, &call.correlation_id, uri.path()));
                }
                Ok(ticket) => {
                    failed = Some(ticket.target().to_owned());
                    self.attempt(sender, ticket, request, &call).await
                }
            };
            let Some(repeat) = again.as_ref().and_then(Repeatable::request) else { return Ok(response) };
            let ended = lyceum_mesh::Call { avoid: failed.as_deref(), ..attempt };
            let Some(wait) = self.mesh.may_retry(&ended, outcome, began.elapsed()) else {
                return Ok(response);
            };
            debug!(destination = id, ?wait, "a call is made again");
            // Its place in the bulkhead is free while this call waits.
            drop(response);
            tokio::time::sleep(wait).await;
            request = repeat;
            attempt.repeat += 1;
        }
    }

    async fn attempt(
        &self,
        sender: &str,
        ticket: Ticket,
        mut request: Request<BoxBody<T::Error>>,
        call: &Call,
    ) -> (Response<BoxBody<T::Error>>, Outcome) {
        let (id, uri) = (ticket.target().to_owned(), request.uri().clone());
        // For the version that was picked: only that one can verify it.
        if let Err(problem) = self.sign(sender, &id, &mut request) {
            let response = problem.response(&id, &call.correlation_id, uri.path());
            return (response, Outcome::Answered(problem.status));
        }
        let deadline = ticket.deadline().instant();
        let answered = self.transport.answer(&id, request, Call { deadline, ..call.clone() }).await;
        match answered {
            Ok(response) => {
                let outcome = outcome_of(response.status(), response.headers());
                let length = response.headers().get(CONTENT_LENGTH);
                let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
                (response.map(|body| Finishing::new(body, ticket, outcome, length).boxed_unsync()), outcome)
            }
            Err(fault) => {
                let outcome = match fault {
                    Fault::Busy | Fault::Absent | Fault::NotServed => Outcome::Unreached,
                    Fault::Deadline => Outcome::TimedOut,
                    Fault::Lost(_) => Outcome::Lost,
                    Fault::Cpu(_) | Fault::Trap(_) | Fault::NoAnswer => Outcome::Broken,
                };
                warn!(component = id, correlation_id = &*call.correlation_id, %fault, "a call failed");
                ticket.finish(outcome);
                (Problem::of(&fault, &id).response(&id, &call.correlation_id, uri.path()), outcome)
            }
        }
    }

    /// Replaces the identity that the sender gave by one for the destination.
    fn sign<B>(&self, sender: &str, destination: &str, request: &mut Request<B>) -> Result<(), Problem> {
        let given = request.headers().get(IDENTITY).map(HeaderValue::to_str).transpose();
        let now = self.mesh.unix_seconds();
        let refused = |why: String| {
            warn!(component = sender, destination, why, "an identity was refused");
            Problem::new(
                StatusCode::FORBIDDEN,
                "IDENTITY_REFUSED",
                "The calling component's identity is not valid.",
            )
        };
        let given = given.map_err(|_| refused("it is not text".into()))?;
        let component = self.mesh.component_of(sender);
        let is_issuer = self.issuers.read().unwrap_or_else(PoisonError::into_inner).contains(&component);
        let signed = self
            .keyring
            .admit_version(given, sender, &component, is_issuer, destination, now)
            .map_err(|error| refused(error.to_string()))?;
        let signed = HeaderValue::try_from(signed).map_err(|error| refused(error.to_string()))?;
        request.headers_mut().insert(IDENTITY, signed);
        Ok(())
    }
}

/// Whether an answer is about who gives it, or about somebody whom that one asked.
fn outcome_of(status: StatusCode, headers: &HeaderMap) -> Outcome {
    let passes = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT);
    if passes && headers.contains_key(UNAVAILABLE) {
        return Outcome::Dependent(status);
    }
    Outcome::Answered(status)
}

fn refusal(refused: Refused, id: &str) -> Problem {
    match refused {
        Refused::Open { retry_after } => Problem::unavailable(
            "CIRCUIT_BREAKER_OPEN",
            format!("The service {id} fails at the moment; it is left alone for a while."),
            retry_after,
        ),
        Refused::Full { retry_after } => Problem::unavailable(
            "SERVICE_BUSY",
            format!("The service {id} has too many requests in progress."),
            retry_after,
        ),
        Refused::NotAllowed => Problem::new(
            StatusCode::FORBIDDEN,
            "DESTINATION_NOT_ALLOWED",
            format!("The calling component may not call {id}."),
        ),
        _ => Problem::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", "No time was left for the call."),
    }
}
