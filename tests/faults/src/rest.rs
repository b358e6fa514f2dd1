//! What the platform kept, read from its files and databases and not by asking it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use lyceum_end_to_end::harness::Post;
use serde_json::Value;

use crate::deployment::Deployment;

/// How many of everything belong to one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Rows in auth's accounts.
    pub accounts: usize,
    /// Rows in users' profiles.
    pub profiles: usize,
    /// Rows in notifications' messages.
    pub messages: usize,
    /// Mails that were sent, by the delivery's row.
    pub sent: usize,
    /// Mail files.
    pub mails: usize,
    /// `UserCreated` events.
    pub created: usize,
    /// `ProfileCreated` events.
    pub profiled: usize,
    /// `DeliveryRequested` events.
    pub requested: usize,
    /// `NotificationSent` events.
    pub notified: usize,
}

impl Traces {
    /// What one registration leaves.
    pub const ONE: Self = Self {
        accounts: 1,
        profiles: 1,
        messages: 1,
        sent: 1,
        mails: 1,
        created: 1,
        profiled: 1,
        requested: 1,
        notified: 1,
    };
}

/// The traces of every address that begins like this, from all that the platform keeps, and what arrived in the
/// post.
pub async fn traces(lyceum: &impl Deployment, post: &Post, prefix: &str) -> Result<BTreeMap<String, Traces>> {
    Ok(kept(lyceum, post, prefix).await?.0)
}

/// The traces of every such address, and the address of every such user id.
pub async fn kept(
    lyceum: &impl Deployment,
    post: &Post,
    prefix: &str,
) -> Result<(BTreeMap<String, Traces>, BTreeMap<String, String>)> {
    let mut traces = BTreeMap::<String, Traces>::new();
    let mut people = BTreeMap::new();
    for [id, email] in lyceum.rows("auth", "SELECT id, email FROM accounts").await? {
        if email.starts_with(prefix) {
            traces.entry(email.clone()).or_default().accounts += 1;
            people.insert(id, email);
        }
    }
    let mut count = |id: &str, field: fn(&mut Traces) -> &mut usize| {
        if let Some(email) = people.get(id) {
            *field(traces.entry(email.clone()).or_default()) += 1;
        }
    };
    for [id, _] in lyceum.rows("users", "SELECT user_id, email FROM profiles").await? {
        count(&id, |of| &mut of.profiles);
    }
    for [id, kind] in lyceum.rows("notifications", "SELECT user_id, kind FROM messages").await? {
        if kind == "welcome" {
            count(&id, |of| &mut of.messages);
        }
    }
    for [id, status] in lyceum.rows("notifications", "SELECT user_id, status FROM deliveries").await? {
        if status == "sent" {
            count(&id, |of| &mut of.sent);
        }
    }
    for event in lyceum.published()? {
        let user = event.pointer("/data/user_id").and_then(Value::as_str).unwrap_or_default();
        match event.get("type").and_then(Value::as_str).unwrap_or_default() {
            "lyceum.auth.UserCreated.v1" => count(user, |of| &mut of.created),
            "lyceum.users.ProfileCreated.v1" => count(user, |of| &mut of.profiled),
            "lyceum.notifications.DeliveryRequested.v1" => count(user, |of| &mut of.requested),
            "lyceum.notifications.NotificationSent.v1" => count(user, |of| &mut of.notified),
            _ => {}
        }
    }
    for mail in post.mails()? {
        if let Some(email) = recipient(&mail).filter(|email| email.starts_with(prefix)) {
            traces.entry(email).or_default().mails += 1;
        }
    }
    Ok((traces, people))
}

/// What belongs to nobody: data of accounts that there are not. None of it may be.
pub async fn orphans(lyceum: &impl Deployment) -> Result<Vec<String>> {
    let accounts = lyceum.rows("auth", "SELECT id, email FROM accounts").await?;
    let known: BTreeSet<String> = accounts.into_iter().map(|[id, _]| id).collect();
    let mut orphans = Vec::new();
    for (service, query) in [
        ("users", "SELECT user_id, 'profile' FROM profiles"),
        ("notifications", "SELECT user_id, 'message' FROM messages"),
        ("notifications", "SELECT user_id, 'delivery' FROM deliveries"),
        ("files", "SELECT user_id, 'file' FROM files"),
    ] {
        let found = lyceum.rows(service, query).await?.into_iter();
        orphans
            .extend(found.filter(|[id, _]| !known.contains(id)).map(|[id, what]| format!("{what} of {id}")));
    }
    for event in lyceum.published()? {
        let user = event.pointer("/data/user_id").and_then(Value::as_str);
        if let Some(id) = user.filter(|id| !known.contains(*id)) {
            orphans.push(format!("event {} of {id}", event.get("type").unwrap_or(&Value::Null)));
        }
    }
    Ok(orphans)
}

/// The address in the `To` header, which may go over several lines.
fn recipient(mail: &str) -> Option<String> {
    // Some servers keep mail with the line ends of their own system.
    let mail = mail.replace("\r\n", "\n");
    let (head, _) = mail.split_once("\n\n")?;
    let unfolded = head.replace("\n ", " ");
    let to = unfolded.lines().find_map(|line| line.strip_prefix("To: "))?;
    let address = to.rsplit_once('<').map_or(to, |(_, address)| address.trim_end_matches('>'));
    Some(address.trim().to_owned())
}
