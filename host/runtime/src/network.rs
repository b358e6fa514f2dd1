//! How components reach each other: in this process, through the mesh, with a signed identity.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime};

use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Empty};
use lyceum_mesh::identity::Keyring;
use lyceum_mesh::{Deadline, Destination, Mesh, Outcome, Refused, Ticket};
use tracing::{debug, warn};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::component::Component;
use crate::fault::Fault;
use crate::finishing::Finishing;
use crate::guest::Call;
use crate::problem::Problem;

/// Says who asks; only the mesh can write one that a component believes.
pub const IDENTITY: HeaderName = HeaderName::from_static("lyceum-identity");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The components of one application, and the mesh between them.
pub struct Network {
    mesh: Mesh,
    keyring: Keyring,
    issuers: BTreeSet<String>,
    components: OnceLock<BTreeMap<String, Arc<Component>>>,
}

impl Network {
    /// A network without components. Only the `issuers` may say on whose behalf they call.
    pub fn new(mesh: Mesh, keyring: Keyring, issuers: BTreeSet<String>) -> Arc<Self> {
        Arc::new(Self { mesh, keyring, issuers, components: OnceLock::new() })
    }

    /// Adds the components, once: they know the network, so it is there before them. A second call
    /// changes nothing.
    pub fn connect(&self, components: impl IntoIterator<Item = Arc<Component>>) {
        let components =
            components.into_iter().map(|component| (component.id().to_owned(), component)).collect();
        if self.components.set(components).is_err() {
            warn!("the network was connected before; its components stay as they are");
        }
    }

    /// The mesh, whose state operators want to see.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// All components, sorted by id.
    pub fn components(&self) -> impl Iterator<Item = &Arc<Component>> {
        self.components.get().into_iter().flat_map(BTreeMap::values)
    }

    /// The component with this id.
    pub fn component(&self, id: &str) -> Option<&Arc<Component>> {
        self.components.get()?.get(id)
    }

    /// Sends a request of the component `sender`. What goes wrong inside the application is an answer,
    /// since that is what the sender's own caller needs; an `Error` means that the destination is outside
    /// of it or doesn't exist.
    pub(crate) async fn send(
        &self,
        sender: &str,
        mut request: Request<WasiBody>,
        call: Call,
    ) -> Result<Response<WasiBody>, Error> {
        let destination = Destination::of(request.uri()).map_err(|_| Error::HttpRequestUriInvalid)?;
        let Some(id) = destination.component_id() else { return Err(Error::HttpRequestDenied) };
        if self.component(id).is_none() {
            return Err(Error::DestinationNotFound);
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
        };
        let mut again = Repeatable::of(&request);
        let uri = request.uri().clone();
        loop {
            let (response, outcome) = match self.mesh.admit(&attempt) {
                Err(refused) => {
                    return Ok(refusal(refused, id).response(id, &call.correlation_id, uri.path()));
                }
                Ok(ticket) => self.attempt(sender, ticket, request, &call).await,
            };
            let Some(repeat) = &mut again else { return Ok(response) };
            let Some(wait) = self.mesh.may_retry(&attempt, outcome) else { return Ok(response) };
            debug!(destination = id, ?wait, "a call is made again");
            // Its place in the bulkhead is free while this call waits.
            drop(response);
            tokio::time::sleep(wait).await;
            request = repeat.request();
            attempt.repeat += 1;
        }
    }

    async fn attempt(
        &self,
        sender: &str,
        ticket: Ticket,
        mut request: Request<WasiBody>,
        call: &Call,
    ) -> (Response<WasiBody>, Outcome) {
        let (id, uri) = (ticket.target().to_owned(), request.uri().clone());
        // For the version that was picked: only that one can verify it.
        if let Err(problem) = self.sign(sender, &id, &mut request) {
            let response = problem.response(&id, &call.correlation_id, uri.path());
            return (response, Outcome::Answered(problem.status));
        }
        let answered = match self.component(&id) {
            Some(component) => {
                let limit = Instant::now() + component.limits().wall_clock;
                let deadline = ticket.deadline().instant().min(limit);
                component.answer(request, Call { deadline, ..call.clone() }).await
            }
            // A version that the mesh prefers but that is not here.
            None => Err(Fault::NotServed),
        };
        match answered {
            Ok(response) => {
                let outcome = Outcome::Answered(response.status());
                let length = response.headers().get(CONTENT_LENGTH);
                let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
                (response.map(|body| Finishing::new(body, ticket, outcome, length).boxed_unsync()), outcome)
            }
            Err(fault) => {
                let outcome = match fault {
                    Fault::Busy | Fault::NotServed => Outcome::Unreached,
                    Fault::Deadline => Outcome::TimedOut,
                    Fault::Cpu(_) | Fault::Trap(_) | Fault::NoAnswer => Outcome::Broken,
                };
                warn!(component = id, correlation_id = &*call.correlation_id, %fault, "a call failed");
                ticket.finish(outcome);
                (Problem::of(&fault, &id).response(&id, &call.correlation_id, uri.path()), outcome)
            }
        }
    }

    /// Replaces the identity that the sender gave by one for the destination.
    fn sign(&self, sender: &str, destination: &str, request: &mut Request<WasiBody>) -> Result<(), Problem> {
        let given = request.headers().get(IDENTITY).map(HeaderValue::to_str).transpose();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let refused = |why: String| {
            warn!(component = sender, destination, why, "an identity was refused");
            Problem::new(
                StatusCode::FORBIDDEN,
                "IDENTITY_REFUSED",
                "The calling component's identity is not valid.",
            )
        };
        let given = given.map_err(|_| refused("it is not text".into()))?;
        let signed = self
            .keyring
            .admit(given, sender, self.issuers.contains(sender), destination, now)
            .map_err(|error| refused(error.to_string()))?;
        let signed = HeaderValue::try_from(signed).map_err(|error| refused(error.to_string()))?;
        request.headers_mut().insert(IDENTITY, signed);
        Ok(())
    }
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

/// What is needed to make a request again. Only one without a body can be: a body streams through once.
struct Repeatable {
    method: Method,
    uri: http::Uri,
    headers: http::HeaderMap,
}

impl Repeatable {
    fn of(request: &Request<WasiBody>) -> Option<Self> {
        (request.body().is_end_stream() && request.method().is_idempotent()).then(|| Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
        })
    }

    fn request(&self) -> Request<WasiBody> {
        let mut request = Request::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}
