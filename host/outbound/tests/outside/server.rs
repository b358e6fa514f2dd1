//! A private host outside: HTTP or HTTPS on a free port of this machine.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body::Frame;
use http_body_util::{BodyExt, Empty, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

type Body = UnsyncBoxBody<Bytes, hyper::Error>;

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

#[derive(Default)]
pub(crate) struct Log {
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
}

impl Log {
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// It runs until the test's runtime ends.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) log: Arc<Log>,
    /// Who signed its certificate.
    pub(crate) authority: PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Plain HTTP.
    pub(crate) async fn http() -> Self {
        Self::start(None).await
    }

    /// HTTPS with a certificate for this name, offering these protocols.
    pub(crate) async fn https(name: &str, protocols: &[&str]) -> Self {
        Self::start(Some((name, protocols))).await
    }

    async fn start(tls: Option<(&str, &[&str])>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        let acceptor = tls.map(|(name, protocols)| {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::default();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let certificate = params.self_signed(&key).unwrap();
            std::fs::write(&authority, certificate.pem()).unwrap();
            let issuer = Issuer::new(params, key);
            let own = KeyPair::generate().unwrap();
            let signed = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&own, &issuer).unwrap();
            let own = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.serialize_der()));
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let mut config = ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![signed.der().clone()], own)
                .unwrap();
            config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
            TlsAcceptor::from(Arc::new(config))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Log::default());
        tokio::spawn(accept(listener, acceptor, Arc::clone(&log)));
        Self { port, log, authority, _folder: folder }
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, log: Arc<Log>) {
    while let Ok((stream, _)) = listener.accept().await {
        log.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(&log)));
    }
}

async fn serve(stream: TcpStream, acceptor: Option<TlsAcceptor>, log: Arc<Log>) {
    let answer = hyper::service::service_fn(move |request| answer(request, Arc::clone(&log)));
    let server = auto::Builder::new(TokioExecutor::new());
    // A client that breaks off is what some of the tests want.
    let _ = match acceptor {
        None => server.serve_connection(TokioIo::new(stream), answer).await,
        Some(acceptor) => {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            server.serve_connection(TokioIo::new(stream), answer).await
        }
    };
}

async fn answer(request: Request<Incoming>, log: Arc<Log>) -> Result<Response<Body>, std::io::Error> {
    let path = request.uri().path().to_owned();
    let (parts, body) = request.into_parts();
    // What comes in goes out, piece by piece.
    if path == "/echo" {
        note(&log, &parts, Bytes::new());
        return Ok(Response::new(body.boxed_unsync()));
    }
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let before = note(&log, &parts, body);
    let mut response = Response::new(empty());
    match path.as_str() {
        "/redirect" => {
            *response.status_mut() = StatusCode::FOUND;
            response.headers_mut().insert(LOCATION, "/elsewhere".parse().unwrap());
        }
        "/silent" => std::future::pending::<()>().await,
        "/half" => *response.body_mut() = pieces(1, true),
        "/long" => *response.body_mut() = pieces(10, false),
        "/said-long" => {
            *response.body_mut() = Full::new(Bytes::from(vec![b'x'; 10 << 10])).map_err(never).boxed_unsync();
        }
        "/lost-once" if before == 0 => return Err(std::io::Error::other("as told")),
        "/busy" => *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE,
        "/busy-for-long" => {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert("retry-after", "30".parse().unwrap());
        }
        "/speaks-as-us" => {
            response.headers_mut().insert("lyceum-identity", "v1.a.b.c".parse().unwrap());
            response.headers_mut().insert("x-own", "1".parse().unwrap());
        }
        _ => {}
    }
    Ok(response)
}

/// How many requests came before it.
fn note(log: &Log, parts: &http::request::Parts, body: Bytes) -> usize {
    let mut seen = log.seen.lock().unwrap();
    seen.push(Seen { version: parts.version, headers: parts.headers.clone(), body });
    seen.len() - 1
}

fn empty() -> Body {
    Empty::new().map_err(never).boxed_unsync()
}

fn never(never: Infallible) -> hyper::Error {
    match never {}
}

/// Pieces of 1 KiB, and perhaps no end.
fn pieces(count: usize, is_endless: bool) -> Body {
    let pieces = futures::stream::unfold(0, move |sent| async move {
        if sent == count {
            if is_endless {
                tokio::time::sleep(Duration::from_hours(1)).await;
            }
            return None;
        }
        Some((Ok(Frame::data(Bytes::from(vec![b'x'; 1024]))), sent + 1))
    });
    StreamBody::new(pieces).boxed_unsync()
}
