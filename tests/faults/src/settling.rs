//! Waiting until everything that was begun has come to its end.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::Post;
use lyceum_end_to_end::poll::until;

use crate::deployment::Deployment;
use crate::rest::traces;

/// How long everything that was begun may take to come to its end after the last restart.
const SETTLING: Duration = Duration::from_mins(2);

/// Waits until the platform says, through its own interface and its own files, that everything is there.
pub async fn settle(lyceum: &impl Deployment, post: &Post, prefix: &str, count: usize) -> Result<()> {
    let admin = lyceum.admin().await?;
    until("the list has everybody", SETTLING, || async {
        let (mut listed, mut cursor) = (0, String::new());
        loop {
            let page = admin.get(&format!("/api/v1/users?q={prefix}&limit=200{cursor}")).await?;
            let page = page.expect(200)?.json()?;
            listed += page.get("items").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
            let Some(next) = page.get("next_cursor").and_then(serde_json::Value::as_str) else { break };
            cursor = format!("&cursor={next}");
        }
        ensure!(listed <= count, "{listed} are listed, but {count} registered");
        Ok((listed == count).then_some(()))
    })
    .await?;
    let behind = Mutex::default();
    let waited = until("every registration has come to its end", SETTLING, || async {
        let mut traces = traces(lyceum, post, prefix).await?;
        let everybody = traces.len() >= count;
        traces.retain(|_, traces| traces.notified == 0 || traces.mails == 0);
        let done = everybody && traces.is_empty();
        *behind.lock().unwrap_or_else(PoisonError::into_inner) = traces;
        if !done {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(done.then_some(()))
    });
    waited.await.with_context(|| format!("left behind: {behind:#?}, dead letters: {}", lyceum.dead_letters()))
}
