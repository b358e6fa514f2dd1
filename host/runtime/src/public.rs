//! The component that the public listener hands its requests to.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt;
use lyceum_front::{Backend, RequestBody};
use lyceum_network::{Call, Fault};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::component::Component;

/// A component, as the listener sees it.
pub struct Public(pub Arc<Component>);

impl Backend for Public {
    type Error = Error;

    fn id(&self) -> &str {
        self.0.id()
    }

    fn largest_body(&self) -> u64 {
        self.0.limits().request_body
    }

    fn patience(&self) -> Duration {
        self.0.limits().wall_clock
    }

    async fn answer(&self, request: Request<RequestBody>, call: Call) -> Result<Response<WasiBody>, Fault> {
        let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
        self.0.answer(request, call).await
    }
}
