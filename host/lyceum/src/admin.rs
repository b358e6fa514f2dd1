//! The listener for operators: health, readiness, metrics and the state of the mesh.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::Result;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::application::Overview;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Serves until `stop`. While the host drains, `/readyz` says that it is not ready any more.
pub(crate) async fn serve(
    listener: TcpListener,
    overview: Arc<Overview>,
    stop: CancellationToken,
) -> Result<()> {
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => socket,
                Err(error) => {
                    debug!(%error, "an operator's connection could not be accepted");
                    tokio::task::yield_now().await;
                    continue;
                }
            },
            () = stop.cancelled() => return Ok(()),
        };
        let (overview, stop) = (Arc::clone(&overview), stop.clone());
        let service = service_fn(move |request| {
            let (overview, stop) = (Arc::clone(&overview), stop.clone());
            async move { Ok::<_, Infallible>(answer(&overview, &stop, &request).await) }
        });
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), service);
            if let Err(error) = connection.await {
                debug!(%error, "an operator's connection ended early");
            }
        });
    }
}

async fn answer(
    overview: &Overview,
    stop: &CancellationToken,
    request: &Request<Incoming>,
) -> Response<Full<Bytes>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut refused = response(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match request.uri().path() {
        // The process lives and answers; nothing more is asked here, or a restart would be caused by a database.
        "/healthz" => response(StatusCode::OK, TEXT, "ok\n"),
        "/readyz" if stop.is_cancelled() => response(StatusCode::SERVICE_UNAVAILABLE, TEXT, "stopping\n"),
        "/readyz" => {
            let readiness = overview.readiness().await;
            let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            response(status, JSON, serde_json::to_vec(&readiness).unwrap_or_default())
        }
        "/metrics" => response(StatusCode::OK, OPEN_METRICS, overview.metrics()),
        "/ops/mesh" => response(StatusCode::OK, JSON, overview.mesh()),
        "/" => response(StatusCode::OK, TEXT, "/healthz\n/readyz\n/metrics\n/ops/mesh\n"),
        _ => response(StatusCode::NOT_FOUND, TEXT, "see / for what there is\n"),
    }
}

fn response(status: StatusCode, kind: HeaderValue, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
