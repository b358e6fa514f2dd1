//! The component behind a listener.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Error;
use http::header::HOST;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use lyceum_front::{Backend, RequestBody};
use lyceum_network::{BoxBody, Call, Fault, Repeatable, Transport};

use super::upload::Upload;
use crate::mesh::Lattice;
use crate::names::Names;
use crate::versions::Versions;

/// The listener's way to the component.
pub(super) struct Public {
    /// Without the application's name.
    id: String,
    lattice: Lattice,
    largest_body: u64,
    patience: Duration,
    versions: Versions,
}

impl Public {
    /// To the component that the lattice knows as `target`.
    pub(super) fn new(
        application: &str,
        target: &str,
        largest_body: u64,
        patience: Duration,
        versions: Versions,
    ) -> Self {
        let id = Names::of(application).id(target).to_owned();
        let lattice = Lattice::of(application, BTreeSet::from([id.clone()]));
        Self { id, lattice, largest_body, patience, versions }
    }
}

impl Backend for Public {
    type Error = Error;

    fn id(&self) -> &str {
        &self.id
    }

    fn largest_body(&self) -> u64 {
        self.largest_body
    }

    fn patience(&self) -> Duration {
        self.patience
    }

    async fn answer(
        &self,
        request: Request<RequestBody>,
        call: Call,
    ) -> Result<Response<BoxBody<Error>>, Fault> {
        let mut request = request;
        *request.uri_mut() = absolute(&request)?;
        let (path, correlation_id) = (request.uri().path().to_owned(), Arc::clone(&call.correlation_id));
        let (parts, body) = request.into_parts();
        let (body, mut broken) = Upload::of(body, self.largest_body);
        let (request, again) = Repeatable::of(Request::from_parts(parts, body));
        let version = |attempt| self.versions.pick(&self.id, &correlation_id, attempt);
        let answering = async {
            let answered = self.lattice.answer(&version(1), request, call.clone()).await;
            let is_lost = matches!(answered, Err(Fault::Lost(_)));
            match again.as_ref().filter(|_| is_lost).and_then(Repeatable::request) {
                // Its host is gone; another one runs the component as well.
                Some(request) => self.lattice.answer(&version(2), request, call).await,
                None => answered,
            }
        };
        tokio::select! {
            answered = answering => answered,
            problem = &mut broken => Ok(problem.response(&self.id, &correlation_id, &path)),
        }
    }
}

/// Where the request goes, as the hosts want it: they take none without a scheme and a host.
fn absolute<B>(request: &Request<B>) -> Result<Uri, Fault> {
    let mut parts = request.uri().clone().into_parts();
    let host = request.headers().get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    // The listener sees to it that there is a host; what it can't be made of is no address of ours.
    parts.authority = parts.authority.or(host).or_else(|| Some(Authority::from_static("localhost")));
    parts.scheme = Some(Scheme::HTTP);
    // `OPTIONS *` has no path.
    parts.path_and_query = parts.path_and_query.or_else(|| Some(PathAndQuery::from_static("/")));
    Uri::from_parts(parts).map_err(|error| Fault::Trap(error.to_string()))
}
