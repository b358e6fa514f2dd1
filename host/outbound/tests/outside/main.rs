//! Requests to a private host outside, by HTTP and HTTPS.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // That is how a test fails.

mod addresses;
mod limits;
mod server;
mod traffic;

use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use lyceum_mesh::{Mesh, Outbound};
use lyceum_network::{BoxBody, Call};
use lyceum_outbound::{Asked, Failure, Outside, Settings};

pub(crate) type Client = Outside<Infallible>;

/// What the component `caller` may call.
pub(crate) fn outside(allowed: &[&str], settings: Settings) -> Client {
    let mesh = Mesh::builder().caller("caller", Outbound::parse(allowed).unwrap()).build();
    Outside::new(mesh, settings).unwrap()
}

/// Settings under which a server of the tests can be reached at all.
pub(crate) fn reaching(private: &str, roots: Option<&Path>) -> Settings {
    Settings { addresses: private.parse().unwrap(), roots: roots.map(Into::into), ..Settings::default() }
}

pub(crate) fn asked() -> Asked {
    asked_within(Duration::from_secs(30))
}

pub(crate) fn asked_within(left: Duration) -> Asked {
    let call = Call { deadline: Instant::now() + left, correlation_id: "c1".into() };
    Asked { call, first_byte: None }
}

pub(crate) fn request(method: Method, uri: &str, body: &'static str) -> Request<BoxBody<Infallible>> {
    let body = Full::new(Bytes::from_static(body.as_bytes())).boxed_unsync();
    Request::builder().method(method).uri(uri).body(body).unwrap()
}

pub(crate) async fn get(client: &Client, uri: &str) -> Result<Response<BoxBody<Failure>>, Failure> {
    client.send("caller", request(Method::GET, uri, ""), asked()).await
}

pub(crate) async fn text(response: Response<BoxBody<Failure>>) -> Result<Bytes, Failure> {
    Ok(response.into_body().collect().await?.to_bytes())
}
