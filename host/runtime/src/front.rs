//! The public listener: HTTP/1.1 in, one component behind it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use lyceum_network::{Call, Problem};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use wasmtime_wasi_http::WasiBody;

use crate::component::Component;
use crate::lingering::Lingering;

/// Ties together everything that one outside request led to.
pub const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Longest correlation id that is taken over from a client.
const LONGEST_CORRELATION_ID: usize = 128;

/// How the public listener treats its clients.
#[derive(Clone, Debug)]
pub struct FrontOptions {
    /// Connections open at once; more wait in the operating system's queue.
    pub connections: usize,
    /// How long a client may take to send a request's head.
    pub head_patience: Duration,
    /// How long requests in progress may take to finish when the host stops.
    pub drain: Duration,
}

impl Default for FrontOptions {
    fn default() -> Self {
        Self { connections: 10_000, head_patience: Duration::from_secs(10), drain: Duration::from_secs(10) }
    }
}

/// Serves until `stop`, then finishes what is in progress.
pub async fn serve(
    listener: TcpListener,
    component: Arc<Component>,
    options: FrontOptions,
    stop: CancellationToken,
) -> Result<()> {
    let connections = Arc::new(Semaphore::new(options.connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(options.head_patience)
        .max_headers(100)
        .max_buf_size(64 << 10)
        .pipeline_flush(true);
    loop {
        let accepted = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (socket, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let socket = match socket {
            Ok((socket, _)) => socket,
            Err(error) => {
                // Out of file descriptors, most likely: let some connections end first.
                warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        if let Err(error) = socket.set_nodelay(true) {
            debug!(%error, "TCP_NODELAY could not be set");
        }
        let component = Arc::clone(&component);
        let service = service_fn(move |request| {
            let component = Arc::clone(&component);
            async move { Ok::<_, Infallible>(answer(&component, request).await) }
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(socket), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(options.drain, graceful.shutdown()).await.is_err() {
        warn!("some requests were still in progress and were cut off");
    }
    Ok(())
}

async fn answer(component: &Arc<Component>, mut request: Request<Incoming>) -> Response<WasiBody> {
    let correlation_id = correlation_id(&mut request);
    let request = request.map(Lingering::new);
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if let Some(problem) = refusal(component, &request) {
        problem.response(component.id(), &correlation_id, &path)
    } else {
        let deadline = started + component.limits().wall_clock;
        let call = Call { deadline, correlation_id: Arc::clone(&correlation_id) };
        let request = request.map(|body| body.map_err(wasmtime_wasi_http::Error::from).boxed_unsync());
        component.answer(request, call).await.unwrap_or_else(|fault| {
            warn!(component = component.id(), correlation_id = &*correlation_id, %fault, "a request failed");
            Problem::of(&fault, component.id()).response(component.id(), &correlation_id, &path)
        })
    };
    if let Ok(value) = HeaderValue::from_str(&correlation_id) {
        response.headers_mut().insert(CORRELATION_ID, value);
    }
    debug!(
        target: "access",
        %method,
        path,
        status = response.status().as_u16(),
        milliseconds = started.elapsed().as_secs_f64() * 1e3,
        correlation_id = &*correlation_id,
    );
    response
}

/// What is refused before any component sees it.
fn refusal<B>(component: &Component, request: &Request<B>) -> Option<Problem> {
    let host = request.headers().get(HOST);
    if request.uri().authority().is_none() && host.is_none_or(|host| host.to_str().is_err()) {
        return Some(Problem::new(
            StatusCode::BAD_REQUEST,
            "HOST_MISSING",
            "The request has no valid Host header.",
        ));
    }
    let length = request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse::<u64>().ok()?;
    let limit = component.limits().request_body;
    (length > limit).then(|| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "BODY_TOO_LARGE",
            format!("The body has {length} bytes; at most {limit} are taken."),
        )
    })
}

/// The client's own correlation id if it is a harmless one, else a new one; the request carries it on.
fn correlation_id(request: &mut Request<Incoming>) -> Arc<str> {
    let given = request.headers().get(CORRELATION_ID).and_then(|value| value.to_str().ok());
    let harmless = given.filter(|id| {
        (1..=LONGEST_CORRELATION_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte))
    });
    let id: Arc<str> = match harmless {
        Some(id) => id.into(),
        None => uuid::Uuid::now_v7().to_string().into(),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(CORRELATION_ID, value);
    }
    id
}
