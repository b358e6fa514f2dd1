//! The running application, as an administrator's program sees it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::kind::Kind;

/// No request takes longer than the gateway lets one.
const LONGEST_REQUEST: Duration = Duration::from_secs(90);
/// The wait before a request that failed is made again; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Whose requests they are.
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// Sends slices. It signs in by itself whenever its token has ended.
pub(crate) struct Client {
    http: reqwest::Client,
    server: String,
    account: Account,
    token: Option<String>,
    /// For how long what fails may go on failing.
    patience: Duration,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Added,
    Present,
    Valid,
    Deleted,
    Waiting,
    Refused,
}

/// Another record that a row names.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Reference {
    pub(super) kind: String,
    pub(super) key: String,
}

/// What became of a row, and why.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RowAnswer {
    pub(super) outcome: Outcome,
    pub(super) key: Option<String>,
    #[serde(default)]
    pub(super) missing: Vec<Reference>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
struct SliceAnswer {
    rows: Vec<RowAnswer>,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
}

/// What a request came to.
enum Answered {
    Good(Vec<u8>),
    /// The token has ended.
    SignedOut,
    /// It may pass.
    Later(String),
}

impl Client {
    /// A client of the application whose gateway is at `server`; fails if that is no address.
    pub(crate) fn new(server: &str, account: Account, patience: Duration) -> Result<Self> {
        // Fails if it was done before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(LONGEST_REQUEST)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("build the HTTP client")?;
        let server = checked(server)?;
        Ok(Self { http, server, account, token: None, patience })
    }

    /// Sends rows of one kind: what became of each. `query` goes to the address.
    pub(super) async fn send(
        &mut self,
        kind: Kind,
        query: &str,
        rows: &[&str],
        dry_run: bool,
    ) -> Result<Vec<RowAnswer>> {
        let body = format!(r#"{{"dry_run":{dry_run},"rows":[{}]}}"#, rows.join(","));
        let path = format!("{}{query}", kind.path());
        let began = Instant::now();
        let mut wait = FIRST_WAIT;
        let mut signed_in = false;
        loop {
            let told = match self.attempt(&path, &body).await? {
                Answered::Good(bytes) => {
                    let answer: SliceAnswer = serde_json::from_slice(&bytes)
                        .context("the answer is not of this version of Lyceum")?;
                    if answer.rows.len() != rows.len() {
                        bail!("{} rows were answered by {} answers", rows.len(), answer.rows.len());
                    }
                    return Ok(answer.rows);
                }
                Answered::SignedOut if signed_in => bail!("{}: signed in, and still not let in", self.server),
                Answered::SignedOut => {
                    (self.token, signed_in) = (None, true);
                    continue;
                }
                Answered::Later(told) => told,
            };
            if began.elapsed() > self.patience {
                bail!("{told}; what was taken over stays: run it again to go on");
            }
            tokio::time::sleep(wait).await;
            wait = LONGEST_WAIT.min(wait * 2);
            signed_in = false;
        }
    }

    async fn attempt(&mut self, path: &str, body: &str) -> Result<Answered> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => match self.sign_in().await? {
                Ok(token) => self.token.insert(token).clone(),
                Err(later) => return Ok(Answered::Later(later)),
            },
        };
        let request = self.http.post(format!("{}{path}", self.server)).bearer_auth(token);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_owned());
        match answer(request).await {
            Ok((status, bytes)) if status.is_success() => Ok(Answered::Good(bytes)),
            Ok((StatusCode::UNAUTHORIZED, _)) => Ok(Answered::SignedOut),
            Ok((status, bytes)) if may_pass(status) => Ok(Answered::Later(told(path, status, &bytes))),
            Ok((status, bytes)) => bail!(told(path, status, &bytes)),
            Err(error) => self.unanswered(error).map(Answered::Later),
        }
    }

    /// Why there was no answer, if that may pass.
    fn unanswered(&self, error: reqwest::Error) -> Result<String> {
        let is_final = is_final(&error);
        let error = anyhow::Error::new(error);
        if is_final {
            return Err(error.context(format!("{}: it can't be asked", self.server)));
        }
        Ok(format!("{}: {error:#}", self.server))
    }

    /// An access token, or why there is none at present.
    async fn sign_in(&self) -> Result<Result<String, String>> {
        const PATH: &str = "/api/v1/auth/login";
        let body = json!({"email": self.account.email, "password": self.account.password});
        let request = self.http.post(format!("{}{PATH}", self.server)).json(&body);
        match answer(request).await {
            Ok((status, bytes)) if status.is_success() => {
                let tokens: Tokens = serde_json::from_slice(&bytes).context("the answer to a sign-in")?;
                Ok(Ok(tokens.access_token))
            }
            Ok((status, bytes)) if may_pass(status) => Ok(Err(told(PATH, status, &bytes))),
            Ok((status, bytes)) => bail!("{}: {}", self.account.email, told(PATH, status, &bytes)),
            Err(error) => self.unanswered(error).map(Err),
        }
    }
}

/// The address of a gateway, without a slash at its end.
fn checked(server: &str) -> Result<String> {
    let is_one = |url: &reqwest::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    match reqwest::Url::parse(server) {
        Ok(url) if is_one(&url) && url.query().is_none() && url.fragment().is_none() => {
            Ok(server.trim_end_matches('/').to_owned())
        }
        _ => bail!("--server {server}: it is no address such as http://127.0.0.1:8080"),
    }
}

/// Whether the same request would never be answered: it can't be sent at all, or who answers can't prove to be the one that was asked.
fn is_final(error: &reqwest::Error) -> bool {
    let refused = |cause: &rustls::Error| {
        matches!(cause, rustls::Error::InvalidCertificate(_) | rustls::Error::InvalidMessage(_))
    };
    error.is_builder() || tls_error(error).is_some_and(refused)
}

/// What TLS said, wherever it stands: the layers above it wrap it into input and output errors, some of them twice, and such
/// an error's source is that of what it wraps.
fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = || error.downcast_ref::<std::io::Error>()?.get_ref().and_then(|inner| tls_error(inner));
    let told = error.downcast_ref().or_else(wrapped);
    told.or_else(|| error.source().and_then(tls_error))
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<(StatusCode, Vec<u8>)> {
    let response = request.send().await?;
    let status = response.status();
    Ok((status, response.bytes().await?.to_vec()))
}

/// Whether the same request may be answered otherwise in a moment. Whoever repeats a slice gets what is there already told.
fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// What a problem document says.
fn told(path: &str, status: StatusCode, body: &[u8]) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let detail = problem.get("detail").and_then(Value::as_str).unwrap_or("no more is told");
    format!("{path} answered {status}: {detail}")
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    fn account() -> Account {
        Account { email: "head@example.org".to_owned(), password: "secret".to_owned() }
    }

    #[test]
    fn a_server_is_an_address_with_a_scheme_and_a_host_or_refused_before_anything_is_sent() {
        for good in ["http://127.0.0.1:8080", "https://lms.example.org/", "http://[::1]:8080/lms"] {
            let client = Client::new(good, account(), Duration::ZERO).unwrap();
            assert_eq!(client.server, good.trim_end_matches('/'));
        }
        for bad in
            ["", "zz", "zz:80", "lms.example.org", "ftp://example.org", "http://", "http://a?b", "http://a b"]
        {
            let refused = Client::new(bad, account(), Duration::ZERO).map(drop).unwrap_err();
            assert!(refused.to_string().starts_with(&format!("--server {bad}: ")), "{bad}: {refused}");
        }
    }

    #[tokio::test]
    async fn who_does_not_speak_tls_is_not_asked_again_and_who_is_away_is() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // What is not read when a connection ends would end it for the other side, too.
            let _ = stream.read(&mut [0; 16 * 1024]).unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        });
        let client = Client::new(&format!("https://{address}"), account(), Duration::from_mins(1)).unwrap();
        let refused = client.sign_in().await.unwrap_err();
        assert!(refused.to_string().contains("can't be asked"), "{refused:#}");
        answers.join().unwrap();
        let client = Client::new(&format!("http://{address}"), account(), Duration::from_mins(1)).unwrap();
        assert!(client.sign_in().await.unwrap().is_err());
    }
}
