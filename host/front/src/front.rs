//! Connections and their requests.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{CONNECTION, CONTENT_LENGTH, HOST};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use lyceum_live::Hub;
use lyceum_network::{BoxBody, Call};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::backend::Backend;
use crate::correlation::{CORRELATION_ID, correlation_id};
use crate::dialogue::{Answering, Dialogue};
use crate::head::MOST_FIELDS;
use crate::lingering::Lingering;
use crate::live::{Reader, Unanswered};
use crate::refusal::Refusal;
use crate::wire::Wire;

/// How the public listener treats its clients.
#[derive(Clone, Debug)]
pub struct FrontOptions {
    /// Connections open at once; more wait in the operating system's queue.
    pub connections: usize,
    /// How long a client may take to send a request's head, and how long it may send nothing between two requests.
    pub head_patience: Duration,
    /// How long requests in progress may take to finish when the host stops.
    pub drain: Duration,
    /// What keeps answers that are to be held; without it they are refused.
    pub live: Option<Arc<Hub>>,
}

impl Default for FrontOptions {
    fn default() -> Self {
        let ten = Duration::from_secs(10);
        Self { connections: 10_000, head_patience: ten, drain: ten, live: None }
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
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        // The wire is less patient. This is for what it leaves to the library.
        .header_read_timeout(options.head_patience * 3)
        .max_headers(MOST_FIELDS)
        .max_buf_size(64 << 10);
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
        let (backend, dialogue) = (Arc::clone(&backend), Arc::<Dialogue>::default());
        let wire = Wire::new(socket, Arc::clone(&dialogue), options.head_patience);
        let (live, watched) = (options.live.clone(), Arc::clone(&dialogue));
        let service = service_fn(move |mut request| {
            let (backend, dialogue) = (Arc::clone(&backend), Arc::clone(&dialogue));
            let unreadable = dialogue.ask();
            let reader = Reader::of(&mut request, live.as_ref(), &dialogue);
            async move {
                let response = answer(&*backend, request, unreadable, reader).await;
                Ok::<_, Infallible>(response.map(|body| Answering::new(body, dialogue)))
            }
        });
        let connection = http.serve_connection(TokioIo::new(wire), service).with_upgrades();
        let stop = stop.clone();
        tokio::spawn(async move {
            let serve = async {
                let mut connection = pin!(connection);
                let ended = tokio::select! {
                    ended = connection.as_mut() => ended,
                    () = stop.cancelled() => {
                        connection.as_mut().graceful_shutdown();
                        connection.as_mut().await
                    }
                };
                if let Err(error) = ended {
                    debug!(%error, "a connection ended early");
                } else if let Some(talk) = watched.talk() {
                    talk.await;
                }
            };
            tokio::select! {
                () = serve => {}
                () = watched.is_cut_off() => debug!("a connection that took nothing was cut off"),
            }
            drop(permit);
        });
    }
    drop(listener);
    if let Some(live) = &options.live {
        live.close();
    }
    let all = u32::try_from(options.connections).unwrap_or(u32::MAX);
    if tokio::time::timeout(options.drain, connections.acquire_many(all)).await.is_err() {
        warn!("some requests were still in progress and were cut off");
    }
}

async fn answer<B: Backend>(
    backend: &B,
    mut request: Request<Incoming>,
    unreadable: Option<Refusal>,
    reader: Reader,
) -> Response<BoxBody<B::Error>> {
    let correlation_id = correlation_id(&mut request);
    let request = request.map(Lingering::new);
    let started = Instant::now();
    let refused = unreadable.or_else(|| refusal(backend, &request));
    let (method, path) = refused.as_ref().map_or_else(
        || (request.method().to_string(), request.uri().path().to_owned()),
        |refused| (refused.method.clone(), refused.path.clone()),
    );
    let mut response = if let Some(Refusal { problem, .. }) = refused {
        let mut response = problem.response(backend.id(), &correlation_id, &path);
        if problem.status == StatusCode::BAD_REQUEST {
            // Who sends one such request may mean something else by its next ones, too.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    } else {
        let call =
            Call { deadline: started + backend.patience(), correlation_id: Arc::clone(&correlation_id) };
        let answered = match backend.answer(request, call).await {
            Ok(response) => reader.hold(backend.id(), response).await,
            Err(fault) => Err(Unanswered::from(fault)),
        };
        answered.unwrap_or_else(|failure| {
            failure.log(backend.id(), &correlation_id);
            failure.response(backend.id(), &correlation_id, &path)
        })
    };
    if let Ok(value) = HeaderValue::from_str(&correlation_id) {
        response.headers_mut().insert(CORRELATION_ID, value);
    }
    debug!(
        target: "access",
        method,
        path,
        status = response.status().as_u16(),
        milliseconds = started.elapsed().as_secs_f64() * 1e3,
        correlation_id = &*correlation_id,
    );
    response
}

/// What is refused before any component sees it, although it can be read.
fn refusal<B>(backend: &impl Backend, request: &Request<B>) -> Option<Refusal> {
    let (method, path) = (request.method().as_str(), request.uri().path());
    let refusal = host(request).err().or_else(|| {
        let length = request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse::<u64>().ok()?;
        let limit = backend.largest_body();
        (length > limit).then(|| {
            let detail = format!("The body has {length} bytes; at most {limit} are taken.");
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", detail)
        })
    })?;
    Some(refusal.of(Some(method), Some(path)))
}

/// A request has exactly one host, also where its target names one (RFC 9112, 3.2). Not even the oldest client leaves it
/// out, and components must be told one.
fn host<B>(request: &Request<B>) -> Result<(), Refusal> {
    let refused = |code, detail| Err(Refusal::new(StatusCode::BAD_REQUEST, code, detail));
    let mut hosts = request.headers().get_all(HOST).iter();
    let Some(host) = hosts.next() else {
        return refused("HOST_MISSING", "The request has no Host header.");
    };
    if hosts.next().is_some() {
        return refused("HOST_MALFORMED", "The request has more than one Host header.");
    }
    // It may be empty, but holds no name or password of a person.
    let host = host.to_str().ok().filter(|host| {
        host.is_empty() || !host.contains('@') && host.parse::<http::uri::Authority>().is_ok()
    });
    if host.is_none() {
        return refused("HOST_MALFORMED", "The Host header is no host.");
    }
    Ok(())
}
