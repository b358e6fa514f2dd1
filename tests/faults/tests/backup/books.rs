//! What has to be true of a restored deployment.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Credentials, Person};
use lyceum_end_to_end::harness::{Lyceum, Post};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_faults::journal::Record;
use lyceum_faults::rest::{Traces, kept, orphans};

/// How long everything that was under way may take to come to its end.
const SETTLING: Duration = Duration::from_mins(2);

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) restored: usize,
    /// Of these, how many were registered after the backup had begun.
    pub(crate) later: usize,
    /// Mails that both deployments sent: the first one after the moment.
    pub(crate) twice: usize,
}

/// Checks a deployment that was restored from a backup. Everybody in `before` was acknowledged before that began,
/// those in `all` perhaps after it; the first deployment's mail is in `post`.
pub(crate) async fn check(
    restored: &Lyceum,
    post: &Post,
    prefix: &str,
    before: &[Record],
    all: &[Record],
) -> Result<Found> {
    let own_post = restored.post();
    until("everything under way in the restored deployment has come to its end", SETTLING, || async {
        let (found, _) = kept(restored, &own_post, prefix).await?;
        let idle = restored.operators()?.get("/metrics").await?.expect(200)?;
        let idle = String::from_utf8_lossy(&idle.body)
            .lines()
            .filter(|line| line.starts_with("lyceum_events_lag{"))
            .all(|line| line.ends_with(" 0"));
        let settled = found.values().all(|traces| traces.notified >= 1);
        Ok((settled && idle).then_some(()))
    })
    .await
    .with_context(|| restored.log().tail())?;

    let (found, ids) = kept(restored, &own_post, prefix).await?;
    let known: BTreeMap<&str, &Record> =
        all.iter().map(|record| (record.request.email.as_str(), record)).collect();
    let old_mail = post.mails()?;
    let mut twice = 0;
    for (email, traces) in &found {
        ensure!(known.contains_key(email.as_str()), "{email} never registered");
        let sent_before = old_mail.iter().any(|mail| mail.contains(email.as_str()));
        // A mail was sent by whichever deployment noted so: the first one may have done so after the moment.
        ensure!(*traces == Traces { mails: traces.mails, ..Traces::ONE }, "{email} has {traces:?}");
        ensure!(traces.mails <= 1 && (sent_before || traces.mails == 1), "{email} has {traces:?}");
        twice += usize::from(sent_before && traces.mails == 1);
    }
    for record in before {
        let email = &record.request.email;
        ensure!(found.contains_key(email), "{email} was acknowledged before the backup, but is lost");
        let answer = record.acknowledged.as_deref().context("an acknowledgement")?;
        let answer: serde_json::Value = serde_json::from_str(answer)?;
        let promised = ids.get(answer["user_id"].as_str().unwrap_or_default());
        ensure!(promised == Some(email), "{answer} was acknowledged, but {promised:?} has that id");
    }
    let orphans = orphans(restored).await?;
    ensure!(orphans.is_empty(), "data of nobody: {orphans:?}");
    let later = found.len() - before.len();
    sign_in(restored, before).await?;
    Ok(Found { restored: found.len(), later, twice })
}

/// Some of those who were acknowledged sign in and find their profile and their message.
async fn sign_in(restored: &Lyceum, before: &[Record]) -> Result<()> {
    let client = restored.client()?;
    for record in before.iter().step_by((before.len() / 10).max(1)) {
        let body: serde_json::Value = serde_json::from_str(&record.request.body)?;
        let password = body["password"].as_str().unwrap_or_default().to_owned();
        let credentials = Credentials { email: record.request.email.clone(), password };
        let person = client.sign_in(&credentials).await?;
        let profile = read(&person, "/api/v1/users/me/profile").await?.expect(200)?.json()?;
        ensure!(profile["display_name"] == body["display_name"], "{profile}");
        let inbox = read(&person, "/api/v1/notifications").await?.expect(200)?.json()?;
        ensure!(inbox["items"].as_array().map(Vec::len) == Some(1), "{inbox}");
    }
    Ok(())
}

/// On a busy machine a service may say that it can't at present.
pub(crate) async fn read(person: &Person, path: &str) -> Result<Answer> {
    until("a service answers", PATIENCE * 2, || async {
        let answer = person.get(path).await?;
        Ok((![503, 504].contains(&answer.status.as_u16())).then_some(answer))
    })
    .await
}
