//! What is no HTTP, or HTTP that two readers could understand in two ways.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::raw::{Reply, exchange};

use crate::deployments::Target;

pub(crate) async fn what_cannot_be_read_is_told_so(target: Target) -> Result<()> {
    let base = target.client.base().to_owned();
    let long_header = format!("GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n", "b".repeat(200_000));
    let long_target = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(70_000));
    let nonsense: [(&[u8], u16); 19] = [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nhost: x\r\n\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET  / HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"G\x00T / HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\n folded\r\n\r\n", 400),
        (b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400),
        (b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400),
        (b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        (b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n", 501),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HT", 408),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", 408),
        (long_header.as_bytes(), 431),
        (long_target.as_bytes(), 414),
    ];
    for (bytes, status) in nonsense {
        let shown =
            String::from_utf8_lossy(bytes.get(..bytes.len().min(60)).unwrap_or_default()).into_owned();
        let Reply::Answer(answer) = exchange(&base, bytes).await.with_context(|| shown.clone())? else {
            anyhow::bail!("{shown:?}: no answer");
        };
        ensure!(answer.status.as_u16() == status, "{shown:?}: {answer}");
        ensure!(answer.header("content-type") == Some("application/problem+json"), "{shown:?}: {answer}");
        ensure!(answer.header("connection") == Some("close"), "{shown:?}: {answer}");
        let problem = answer.json()?;
        ensure!(
            problem["correlation_id"].as_str() == answer.header("x-correlation-id"),
            "{shown:?}: {answer}"
        );
    }
    // Empty lines are no request, so there is nothing to answer.
    ensure!(matches!(exchange(&base, b"\r\n\r\n").await?, Reply::Closed));
    let chunks = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    if let Reply::Answer(answer) = exchange(&base, chunks).await? {
        ensure!(answer.status.is_client_error(), "{answer}");
    }
    target.client.get("/api/v1/health").await?.expect(200)?;
    Ok(())
}
