//! One try of one request.

use std::time::Duration;

use anyhow::Result;
use lyceum_end_to_end::client::{Answer, Client, Person};
use lyceum_faults::journal::{Journal, Request};
use reqwest::Method;

use super::Outcome;

/// How long a client waits for one answer: longer than the platform allows itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is asked for.
pub(super) enum Question<'a> {
    /// What this person may read there.
    Read(&'a Person, &'a str),
    /// An account, always under the same key.
    Registration(Request, &'a Journal),
}

/// A try's end, and whether another address may do better.
pub(super) struct Try {
    pub(super) outcome: Outcome,
    pub(super) is_worth_another: bool,
}

impl Question<'_> {
    /// Asks for it there. An error is the journal's.
    pub(super) async fn ask(&self, client: &Client) -> Result<Try> {
        let request = match self {
            Self::Read(person, path) => client.request(Method::GET, path).bearer_auth(&person.tokens.access),
            Self::Registration(request, journal) => {
                journal.sent(request)?;
                let http = client.request(Method::POST, "/api/v1/auth/register");
                let http = http.header("idempotency-key", &request.key);
                http.header("content-type", "application/json").body(request.body.clone())
            }
        };
        let answer = match Answer::to(request.timeout(PATIENCE)).await {
            Ok(answer) => answer,
            Err(error) => {
                return Ok(Try { outcome: Outcome::Bad(unanswered(&error)), is_worth_another: true });
            }
        };
        let status = answer.status.as_u16();
        if let Self::Registration(request, journal) = self {
            journal.answered(&request.key, status, &String::from_utf8_lossy(&answer.body))?;
        }
        let expected = if matches!(self, Self::Read(..)) { 200 } else { 201 };
        if status == expected {
            return Ok(Try { outcome: Outcome::Good, is_worth_another: false });
        }
        let problem = answer.json().ok();
        let code = problem.as_ref().and_then(|problem| problem.get("error_code")?.as_str());
        let outcome = Outcome::Bad(format!("{status} {}", code.unwrap_or("without a code")));
        Ok(Try { outcome, is_worth_another: matches!(status, 502..=504) })
    }
}

fn unanswered(error: &anyhow::Error) -> String {
    let error = error.chain().find_map(|cause| cause.downcast_ref::<reqwest::Error>());
    let text = match error {
        Some(error) if error.is_connect() => "no connection",
        Some(error) if error.is_timeout() => "no answer in time",
        _ => "a connection that broke",
    };
    text.to_owned()
}
