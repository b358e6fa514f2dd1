//! `lyceum-lattice metrics`: the figures of all hosts and providers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use lyceum_console::show;
use tokio::net::TcpListener;

use crate::connection::Lattice;
use crate::gather::Gatherer;
use crate::signals::told_to_stop;

/// What Prometheus is told that it reads.
const TEXT: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// How to show them.
///
/// Labels tell host, zone and process of each figure. Those of the mesh are there once for each of its copies: a
/// component's calls are the sum over them.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// Serve them to Prometheus on this address, under every path, instead of printing them once; who can reach it can read
    /// them
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// Prints them, or serves them until SIGTERM or Ctrl-C.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let gatherer = Arc::new(Gatherer::of(lattice).await?);
    let Some(address) = options.listen else {
        return Ok(show(page(&gatherer).await?.trim_end())?);
    };
    let listener = TcpListener::bind(address).await.with_context(|| format!("listen on {address}"))?;
    show(format!("The figures are at http://{}/metrics.", listener.local_addr()?))?;
    tokio::select! {
        stopped = told_to_stop() => stopped,
        never = serve(&listener, gatherer) => match never {},
    }
}

/// Answers whoever connects, without end.
async fn serve(listener: &TcpListener, gatherer: Arc<Gatherer>) -> Infallible {
    loop {
        let socket = match listener.accept().await {
            Ok((socket, _)) => socket,
            Err(error) => {
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::task::yield_now().await;
                continue;
            }
        };
        let gatherer = Arc::clone(&gatherer);
        let service = service_fn(move |_: Request<Incoming>| {
            let gatherer = Arc::clone(&gatherer);
            async move { Ok::<_, Infallible>(answer(&gatherer).await) }
        });
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

async fn answer(gatherer: &Gatherer) -> Response<Full<Bytes>> {
    match page(gatherer).await {
        Ok(page) => {
            let mut response = Response::new(Full::from(page));
            response.headers_mut().insert(CONTENT_TYPE, TEXT);
            response
        }
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "the figures could not be had");
            let mut response = Response::new(Full::from("the lattice does not answer\n"));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

async fn page(gatherer: &Gatherer) -> Result<String> {
    Ok(format!("{}# EOF\n", lyceum_metrics::text(&gatherer.families().await?)))
}
