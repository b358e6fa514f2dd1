//! What a component gets to hear of hosts outside: a service, plugged in, calls a private one by HTTPS.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use lyceum_end_to_end::client::Person;
use lyceum_end_to_end::harness::{Backend, Lyceum, Manifest, Setup, workspace};
use lyceum_private_servers::Authority;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A host outside: it echoes, and keeps the headers that it got.
struct Host {
    port: u16,
    authority: PathBuf,
    seen: Arc<Mutex<Vec<HeaderMap>>>,
    _folder: tempfile::TempDir,
}

impl Host {
    async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let authority = Authority::new()?;
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, authority.pem())?;
        let certificate = authority.certify("localhost")?;
        let chain = vec![CertificateDer::from_pem_slice(certificate.pem.as_bytes())?];
        let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes())?;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let seen = Arc::default();
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(&noted)));
            }
        });
        Ok(Self { port, authority: file, seen, _folder: folder })
    }

    fn seen(&self) -> Vec<HeaderMap> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, seen: Arc<Mutex<Vec<HeaderMap>>>) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(request.headers().clone());
        answer(request)
    });
    // A client that breaks off is no concern of the host.
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>) -> Result<Response<BoxBody<Bytes, Infallible>>, hyper::Error> {
    let mut response = Response::new(Full::default().boxed());
    match request.uri().path() {
        "/elsewhere" => {
            *response.status_mut() = hyper::StatusCode::FOUND;
            response.headers_mut().insert("location", hyper::header::HeaderValue::from_static("/"));
        }
        "/no" => *response.status_mut() = hyper::StatusCode::NOT_FOUND,
        "/busy" => *response.status_mut() = hyper::StatusCode::TOO_MANY_REQUESTS,
        // Whole: a component writes all of its request before it reads.
        _ => *response.body_mut() = Full::new(request.into_body().collect().await?.to_bytes()).boxed(),
    }
    Ok(response)
}

/// A deployment with the calling service plugged in.
async fn start(host: &Host, private: &str) -> Result<(Lyceum, Person)> {
    let block = format!(
        r#"
        allowed_outbound_hosts = ["https://localhost:{port}", "https://127.0.0.1:{port}"]
        [tool.lyceum]
        routes = [{{ prefix = "/api/v1/calls" }}]
        limits = {{ request_body = "8MiB", response_body = "8MiB" }}
        "#,
        port = host.port
    );
    let source = workspace().join("build/caller.wasm");
    let manifest = Manifest::of_repository()?.with_component("caller", &source, &block)?;
    let setup = Setup::of(Backend::Sqlite)?
        .with_manifest(manifest.allowing("gateway", "caller")?)
        .with_variable("LYCEUM_OUTBOUND_ROOTS", &host.authority.display().to_string())
        .with_variable("LYCEUM_OUTBOUND_PRIVATE", private);
    let lyceum = Lyceum::start(setup).await?;
    let person = lyceum.client()?.newcomer("Caller").await?;
    Ok((lyceum, person))
}

async fn call(person: &Person, host: &str, path: &str) -> Result<(String, String)> {
    let wanted = json!({ "host": host, "path": path, "text": "wörd" });
    let heard: Value = person.post("/api/v1/calls", &wanted).await?.expect(200)?.json()?;
    let text = |name: &str| heard[name].as_str().map(str::to_owned).with_context(|| format!("{heard}"));
    Ok((text("outcome")?, text("text")?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_calls_a_host_outside_and_hears_how_it_went() -> Result<()> {
    let host = Host::start().await?;
    let (lyceum, person) = start(&host, "localhost").await?;
    let outside = format!("https://localhost:{}", host.port);
    ensure!(call(&person, &outside, "/echo").await? == ("answered".to_owned(), "wörd".to_owned()));
    for (host, path, expected) in [
        (outside.as_str(), "/no", "refused"),
        (&outside, "/busy", "unavailable"),
        // A redirect is no answer to the question, and nobody follows it.
        (&outside, "/elsewhere", "unusable"),
        // Named by the manifest, but not by the operator.
        (&format!("https://127.0.0.1:{}", host.port), "/echo", "not allowed"),
        // Named by nobody.
        ("https://example.org", "/", "not allowed"),
    ] {
        let (outcome, text) = call(&person, host, path).await?;
        ensure!(outcome == expected, "{host}{path}: {outcome}, {text}");
    }
    let seen = host.seen();
    ensure!(seen.len() == 4, "{seen:?}");
    for headers in &seen {
        let own = headers.keys().find(|name| {
            let name = name.as_str();
            name.starts_with("lyceum") || name.starts_with("x-") || name == "traceparent"
        });
        ensure!(own.is_none(), "{headers:?}");
    }
    let metrics = lyceum.operators()?.get("/metrics").await?.expect(200)?;
    let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
    let name = format!("lyceum_mesh_calls_total{{destination=\"{outside}\"}} 4");
    ensure!(metrics.contains(&name), "{metrics}");
    ensure!(metrics.contains("lyceum_outbound_failures_total{reason=\"prohibited-address\"} 1"), "{metrics}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_passes_through_a_component_to_the_outside_and_back() -> Result<()> {
    let host = Host::start().await?;
    let (_lyceum, person) = start(&host, "127.0.0.0/8").await?;
    let body: Vec<u8> = (0..6_u32 << 20).map(|index| index.to_le_bytes()[(index % 3) as usize]).collect();
    let path = format!("/api/v1/calls/relay?url=https://localhost:{}/echo", host.port);
    let request = person.request(reqwest::Method::POST, &path).body(body.clone());
    let answer = lyceum_end_to_end::client::Answer::to(request).await?.expect(200)?;
    ensure!(answer.body == body, "{} bytes came back", answer.body.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operator_did_not_name_is_not_reached_by_a_name_either() -> Result<()> {
    let host = Host::start().await?;
    let (_lyceum, person) = start(&host, "10.0.0.0/8").await?;
    let (outcome, _) = call(&person, &format!("https://localhost:{}", host.port), "/echo").await?;
    ensure!(outcome == "not allowed" && host.seen().is_empty(), "{outcome}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_which_hosts_outside_a_component_may_call_and_which_it_will_not_reach() -> Result<()> {
    let host = Host::start().await?;
    let (lyceum, _) = start(&host, "localhost").await?;
    let output = lyceum.command(&["check", "--single-host"])?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{output:?}");
    for (host, port, remark) in [
        ("localhost", host.port, "wherever it is: LYCEUM_OUTBOUND_PRIVATE names it"),
        ("127.0.0.1", host.port, "which is not public: LYCEUM_OUTBOUND_PRIVATE must name it"),
    ] {
        let line = format!("caller -> https://{host}:{port} outside, {remark}");
        ensure!(said.lines().any(|said| said == line), "{line}: {said}");
    }
    std::fs::remove_file(&host.authority)?;
    let output = lyceum.command(&["check", "--single-host"])?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(!output.status.success() && said.contains("LYCEUM_OUTBOUND_ROOTS"), "{output:?}");
    Ok(())
}
