//! People who register, many at once, until the platform is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::{Answer, Client};
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::journal::{Journal, Request};

const WORKERS: u64 = 12;
/// What a worker waits after a refusal, or refusals would be all that there is.
const REFUSED: Duration = Duration::from_millis(500);

/// Makes registrations that no other run makes.
pub struct People {
    /// How every address of this run begins.
    pub prefix: String,
    next: AtomicU64,
}

impl People {
    /// Addresses that begin in a way of their own.
    pub fn new() -> Self {
        Self { prefix: format!("k{}", Uuid::now_v7().simple()), next: AtomicU64::new(0) }
    }

    /// The next one.
    pub fn request(&self) -> Request {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let email = format!("{}.{number}@people.example.org", self.prefix);
        let body = json!({
            "email": email, "password": "a quiet harbour at dawn", "display_name": format!("Person {number}"),
        });
        Request { key: Uuid::new_v4().to_string(), body: body.to_string(), email }
    }
}

impl Default for People {
    fn default() -> Self {
        Self::new()
    }
}

/// Registrations in the background.
pub struct Load {
    workers: JoinSet<Result<()>>,
    enough: Arc<AtomicBool>,
}

impl Load {
    /// Starts the workers. Each ends with the first request that is not answered at all.
    pub fn start(client: &Client, people: &Arc<People>, journal: &Arc<Journal>) -> Self {
        let (mut workers, enough) = (JoinSet::new(), Arc::new(AtomicBool::new(false)));
        for _ in 0..WORKERS {
            let (client, people, journal) = (client.clone(), Arc::clone(people), Arc::clone(journal));
            let enough = Arc::clone(&enough);
            workers.spawn(async move {
                while !enough.load(Ordering::Relaxed) {
                    let Some(answer) = register(&client, &journal, &people.request()).await? else { break };
                    if answer.status.as_u16() != 201 {
                        tokio::time::sleep(REFUSED).await;
                    }
                }
                Ok(())
            });
        }
        Self { workers, enough }
    }

    /// Sends nothing new and waits for what is under way.
    pub async fn stop(mut self) -> Result<()> {
        self.enough.store(true, Ordering::Relaxed);
        while let Some(ended) = self.workers.join_next().await {
            ended??;
        }
        Ok(())
    }
}

/// Sends a registration, writing it down before and its answer after. `None` if there was no answer.
pub async fn register(client: &Client, journal: &Journal, request: &Request) -> Result<Option<Answer>> {
    journal.sent(request)?;
    let http = client
        .request(Method::POST, "/api/v1/auth/register")
        .header("idempotency-key", &request.key)
        .header("content-type", "application/json")
        .body(request.body.clone());
    let Ok(answer) = Answer::to(http).await else { return Ok(None) };
    journal.answered(&request.key, answer.status.as_u16(), &String::from_utf8_lossy(&answer.body))?;
    // Under load and after a restart a service may say that it can't at present; everything else is wrong.
    let expected = [201, 503, 504].contains(&answer.status.as_u16());
    ensure!(expected, "a registration was answered with {answer}");
    Ok(Some(answer))
}

/// Repeats a registration until it is acknowledged.
pub async fn repeat(client: &Client, journal: &Journal, request: &Request) -> Result<Answer> {
    lyceum_end_to_end::poll::until(
        "a repeated registration is acknowledged",
        lyceum_end_to_end::poll::PATIENCE,
        || async {
            let answer = register(client, journal, request).await?;
            Ok(answer.filter(|answer| answer.status.as_u16() == 201))
        },
    )
    .await
}
