//! Somebody who speaks to NATS with one of the keys, and is up to no good.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use async_nats::{Client, ConnectOptions, Event};
use lyceum_end_to_end::poll::until;
use lyceum_private_lattice::Secured;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection with a key.
pub(crate) struct Role {
    pub(crate) client: Client,
    /// What the server objected to, in its words.
    objections: Arc<Mutex<Vec<String>>>,
    /// Where this role is answered.
    own: String,
}

impl Role {
    /// With the key of this name, or without any.
    pub(crate) async fn connect(secured: &Secured, url: &str, key: Option<&str>) -> Result<Self> {
        let objections = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&objections);
        let mut options = match key {
            Some(key) => {
                let seed = fs::read_to_string(secured.file(format!("{key}.nk")))?;
                ConnectOptions::with_nkey(seed.trim().to_owned())
            }
            None => ConnectOptions::new(),
        };
        let own = match key {
            Some("calls") | None => "_INBOX.host".to_owned(),
            Some(provider) if provider.starts_with("providers/") => {
                provider.replace("providers/", "_INBOX.default.")
            }
            Some(role) => format!("_INBOX.{role}"),
        };
        options = options
            .add_root_certificates(secured.file("authority.crt"))
            .custom_inbox_prefix(&own)
            .event_callback(move |event| {
                if let Event::ServerError(error) = event {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(error.to_string());
                }
                async {}
            });
        let client = options.connect(url).await.with_context(|| format!("connect with the key {key:?}"))?;
        Ok(Self { client, objections, own })
    }

    /// Whether the server takes a message to this subject. It is an empty one, which nobody understands.
    pub(crate) async fn may_say(&self, subject: &str) -> Result<bool> {
        self.client.publish(subject.to_owned(), "".into()).await?;
        self.is_unopposed(subject).await
    }

    /// Whether the server takes a subscription to this subject.
    pub(crate) async fn may_hear(&self, subject: &str) -> Result<bool> {
        let _subscriber = self.client.subscribe(subject.to_owned()).await?;
        self.is_unopposed(subject).await
    }

    /// Whether the server has said nothing against this subject. It answers in order: what it objects to is known once it refused
    /// something that was said afterwards.
    async fn is_unopposed(&self, subject: &str) -> Result<bool> {
        let last = format!("{}.nobody.{}", "never.allowed", self.client.new_inbox().replace(&self.own, "x"));
        self.client.publish(last.clone(), "".into()).await?;
        self.client.flush().await?;
        until("the server objects", PATIENCE, || async { Ok(self.objected(&last).then_some(())) }).await?;
        Ok(!self.objected(subject))
    }

    fn objected(&self, subject: &str) -> bool {
        let objections = self.objections.lock().unwrap_or_else(PoisonError::into_inner);
        objections.iter().any(|objection| objection.contains(&format!("\"{subject}\"")))
    }
}
