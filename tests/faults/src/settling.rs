//! Waiting until everything that was begun has come to its end.

use std::time::Duration;

use anyhow::{Result, ensure};
use lyceum_end_to_end::harness::{Lyceum, Post};
use lyceum_end_to_end::poll::until;

use crate::rest::traces;

/// How long everything that was begun may take to come to its end after the last restart.
const SETTLING: Duration = Duration::from_mins(2);

/// Waits until the platform says, through its own interface and its own files, that everything is there.
pub async fn settle(lyceum: &Lyceum, post: &Post, prefix: &str, count: usize) -> Result<()> {
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
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
    until("every registration has come to its end", SETTLING, || async {
        let traces = traces(lyceum, post, prefix).await?;
        let done = traces.values().filter(|traces| traces.notified >= 1 && traces.mails >= 1).count();
        if done < count {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok((done >= count).then_some(()))
    })
    .await
}
