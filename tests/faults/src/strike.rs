//! One request, and the platform that dies on its way.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::Lyceum;
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::Value;

/// How long what follows from a request may take to reach its failpoint; what has not by then is killed from outside.
const REACHING: Duration = Duration::from_secs(5);
/// How often it may die while it starts.
const STARTS: u32 = 10;
/// How far the clock is set on at the end, so that what waits for a while is due.
const LATER: Duration = Duration::from_mins(10);

/// A request that is repeated to the letter.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its Idempotency-Key.
    pub key: String,
    /// Where it goes, by POST.
    pub path: String,
    /// What it says.
    pub body: Value,
    /// The status of the answer that concludes it.
    pub done: u16,
}

impl Request {
    /// Sends it. `None` if there was no answer, or none that concludes it.
    pub async fn send(&self, by: &Person) -> Result<Option<Answer>> {
        let request =
            by.request(Method::POST, &self.path).header("idempotency-key", &self.key).json(&self.body);
        let Ok(answer) = Answer::to(request).await else { return Ok(None) };
        let status = answer.status.as_u16();
        ensure!(
            [self.done, 503, 504].contains(&status),
            "{} {} was answered with {answer}",
            self.path,
            self.body
        );
        Ok(Some(answer).filter(|_| status == self.done))
    }
}

/// What became of a request whose platform died.
#[derive(Clone, Debug)]
pub struct Struck {
    /// Whether it died where it was to.
    pub there: bool,
    /// How long it took from its next start until the repeated request was done.
    pub recovered: Duration,
    /// What was answered then.
    pub answer: Answer,
}

/// Sends a request to a platform that dies when this failpoint is reached for the so-manieth time, starts it again, and sends
/// it until it is done.
pub async fn strike(lyceum: &mut Lyceum, request: &Request, (point, hit): (&str, u32)) -> Result<Struck> {
    let struck = struck(lyceum, request, point, hit).await;
    struck.with_context(|| format!("killing at {point}:{hit}: {}", lyceum.log().tail()))
}

async fn struck(lyceum: &mut Lyceum, request: &Request, point: &str, hit: u32) -> Result<Struck> {
    let librarian = signed_in(lyceum).await?;
    lyceum.kill9()?;
    armed(lyceum, point, hit).await?;
    let librarian = Person { client: lyceum.client()?, ..librarian };
    request.send(&librarian).await?;
    let end = Instant::now() + REACHING;
    while !lyceum.has_ended()? && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ended = lyceum.has_ended()?;
    if ended {
        lyceum.wait_for_kill(Duration::ZERO)?;
    } else {
        lyceum.kill9()?;
    }
    let started = Instant::now();
    lyceum.restart(&[]).await?;
    let librarian = signed_in(lyceum).await?;
    let answer = until("the repeated request is done", PATIENCE, || request.send(&librarian)).await?;
    Ok(Struck { there: ended, recovered: started.elapsed(), answer })
}

/// Starts it so that it dies at this failpoint. What it does while it starts, such as with what the last kill left behind, may reach
/// the failpoint as well: then it starts again, to die one hit later.
async fn armed(lyceum: &mut Lyceum, point: &str, hit: u32) -> Result<()> {
    for hit in hit..hit + STARTS {
        let Err(error) = lyceum.restart(&[("LYCEUM_KILL_AT", &format!("{point}:{hit}"))]).await else {
            return Ok(());
        };
        lyceum.wait_for_kill(Duration::ZERO).map_err(|_| error)?;
    }
    bail!("it died {STARTS} times while it started")
}

/// Starts it again at a later time, at which all that waits is due, and signs in.
pub async fn later(lyceum: &mut Lyceum) -> Result<Person> {
    lyceum.kill9()?;
    let time = jiff::Timestamp::now().checked_add(LATER)?.to_string();
    lyceum.restart(&[("LYCEUM_CLOCK", &time)]).await?;
    signed_in(lyceum).await
}

/// Somebody who may do everything. Right after a start services may not all answer yet.
pub async fn signed_in(lyceum: &Lyceum) -> Result<Person> {
    let client = lyceum.client()?;
    let credentials = lyceum.admin();
    until("the administrator signs in", PATIENCE, || async { Ok(client.sign_in(&credentials).await.ok()) })
        .await
}
