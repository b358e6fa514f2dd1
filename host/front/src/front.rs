//! Connections and their requests.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use lyceum_network::{BoxBody, Call, Problem};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::backend::Backend;
use crate::correlation::{CORRELATION_ID, correlation_id};
use crate::lingering::Lingering;

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
pub async fn serve<B: Backend>(
    listener: TcpListener,
    backend: B,
    options: FrontOptions,
    stop: CancellationToken,
) {
    let backend = Arc::new(backend);
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
        let backend = Arc::clone(&backend);
        let service = service_fn(move |request| {
            let backend = Arc::clone(&backend);
            async move { Ok::<_, Infallible>(answer(&*backend, request).await) }
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
}

async fn answer<B: Backend>(backend: &B, mut request: Request<Incoming>) -> Response<BoxBody<B::Error>> {
    let correlation_id = correlation_id(&mut request);
    let request = request.map(Lingering::new);
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if let Some(problem) = refusal(backend, &request) {
        problem.response(backend.id(), &correlation_id, &path)
    } else {
        let call =
            Call { deadline: started + backend.patience(), correlation_id: Arc::clone(&correlation_id) };
        backend.answer(request, call).await.unwrap_or_else(|fault| {
            warn!(component = backend.id(), correlation_id = &*correlation_id, %fault, "a request failed");
            Problem::of(&fault, backend.id()).response(backend.id(), &correlation_id, &path)
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
fn refusal<B>(backend: &impl Backend, request: &Request<B>) -> Option<Problem> {
    let host = request.headers().get(HOST);
    if request.uri().authority().is_none() && host.is_none_or(|host| host.to_str().is_err()) {
        return Some(Problem::new(
            StatusCode::BAD_REQUEST,
            "HOST_MISSING",
            "The request has no valid Host header.",
        ));
    }
    let length = request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse::<u64>().ok()?;
    let limit = backend.largest_body();
    (length > limit).then(|| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "BODY_TOO_LARGE",
            format!("The body has {length} bytes; at most {limit} are taken."),
        )
    })
}
