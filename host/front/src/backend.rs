//! What stands behind the listener.

use std::future::Future;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use lyceum_network::{BoxBody, Call, Fault};

use crate::lingering::Lingering;

/// A request's body as it comes from the client.
pub type RequestBody = Lingering<Incoming>;

/// The component that answers.
pub trait Backend: Send + Sync + 'static {
    /// Why the reading of an answer's body fails.
    type Error: Into<Box<dyn std::error::Error + Send + Sync>> + 'static;

    /// The component's id, which is named in problems.
    fn id(&self) -> &str;

    /// The largest body that is taken, in bytes.
    fn largest_body(&self) -> u64;

    /// How long an answer may take.
    fn patience(&self) -> Duration;

    /// Answers one request.
    fn answer(
        &self,
        request: Request<RequestBody>,
        call: Call,
    ) -> impl Future<Output = Result<Response<BoxBody<Self::Error>>, Fault>> + Send;
}
