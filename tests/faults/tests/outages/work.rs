//! What people do meanwhile.

use std::fmt;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lyceum_end_to_end::client::{Answer, Person};
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Bytes of a file.
const SIZE: usize = 100_000;
/// What a file begins with, so that no two are alike.
const HEAD: usize = 8;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Somebody registers: a hash, three services and a mail.
    Registration,
    /// Somebody writes a document.
    Note,
    /// Somebody uploads a file.
    Upload,
    /// Somebody reads their profile.
    Reading,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Registration, Self::Note, Self::Upload, Self::Reading];
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Registration => "registration",
            Self::Note => "note",
            Self::Upload => "upload",
            Self::Reading => "reading",
        })
    }
}

/// One thing that somebody wants done, however often they have to ask for it.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) kind: Kind,
    /// Differs from all others.
    pub(crate) number: usize,
}

/// The content of the file with this number.
pub(crate) fn content(number: usize) -> Vec<u8> {
    let mut bytes = vec![b'x'; SIZE];
    let head = format!("{number:0HEAD$}");
    for (byte, digit) in bytes.iter_mut().zip(head.bytes()) {
        *byte = digit;
    }
    bytes
}

impl Task {
    fn key(&self) -> String {
        format!("{}-{}", self.kind, self.number)
    }

    /// What tells it from all others where it has left something.
    pub(crate) fn name(&self, prefix: &str) -> String {
        match self.kind {
            Kind::Registration => format!("{prefix}.{}@people.example.org", self.number),
            Kind::Upload => format!("{}.txt", self.number),
            Kind::Note | Kind::Reading => self.number.to_string(),
        }
    }

    /// Asks for it, and gives the answer that decides.
    pub(crate) async fn ask(&self, person: &Person, prefix: &str) -> Result<Answer> {
        let post = |path: &str| person.request(Method::POST, path).header("idempotency-key", self.key());
        let name = self.name(prefix);
        let request = match self.kind {
            Kind::Reading => person.request(Method::GET, "/api/v1/users/me"),
            Kind::Registration => {
                let body = json!({
                    "email": name, "password": "a quiet harbour at dawn", "display_name": format!("Person {}", self.number),
                });
                person
                    .client
                    .request(Method::POST, "/api/v1/auth/register")
                    .header("idempotency-key", self.key())
                    .json(&body)
            }
            Kind::Note => {
                post("/api/v1/notes").json(&json!({ "author": prefix, "text": "x", "pages": self.number }))
            }
            Kind::Upload => {
                let body = json!({ "original_filename": name, "file_size": SIZE });
                let announced = Answer::to(post("/api/v1/files").json(&body)).await?;
                if announced.status.as_u16() != 201 {
                    return Ok(announced);
                }
                let announced = announced.json()?;
                let id = announced["id"].as_str().context("an id")?;
                let bytes = content(self.number);
                let digest = format!("sha-256=:{}:", BASE64.encode(Sha256::digest(&bytes)));
                let path = format!("/api/v1/files/{id}/content");
                person.request(Method::PUT, &path).header("Content-Digest", digest).body(bytes)
            }
        };
        Answer::to(request).await
    }
}

/// Whether it was done; if not, it must have been refused as a client can act on.
pub(crate) fn is_done(answer: &Answer) -> Result<bool> {
    if answer.status.is_success() {
        return Ok(true);
    }
    answer.expect_problem(503)?;
    let wait: u64 =
        answer.header("retry-after").with_context(|| format!("Retry-After in {answer}"))?.parse()?;
    ensure!(wait >= 1, "{answer}");
    Ok(false)
}
