//! What carries a request to a component.

use std::future::Future;

use http::{Request, Response};

use crate::{BoxBody, Call, Fault};

/// Carries requests to components.
pub trait Transport: Send + Sync + 'static {
    /// Why the reading of a body fails.
    type Error: Send + 'static;

    /// Whether there is a component of this id.
    fn knows(&self, id: &str) -> bool;

    /// Asks the component `id`, which may be a version that the mesh picked and that is not here.
    fn answer(
        &self,
        id: &str,
        request: Request<BoxBody<Self::Error>>,
        call: Call,
    ) -> impl Future<Output = Result<Response<BoxBody<Self::Error>>, Fault>> + Send;
}
