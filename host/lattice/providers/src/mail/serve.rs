//! Mail of components.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Result;
use lyceum_mail::{Error as Backend, Message as Outgoing, Sender, SmtpSender};
use wasmcloud_provider_sdk::{Context, LinkConfig, LinkDeleteInfo, Provider};

use crate::bindings::mail::exports::lyceum::mail::sender::{Error, Handler, Message};
use crate::configuration::Configuration;

/// How long a mail server may take: less than the component that waits.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The provider. Its copies are one.
#[derive(Clone)]
pub(super) struct MailProvider {
    sender: Arc<dyn Sender>,
    /// The components that may send.
    linked: Arc<RwLock<HashSet<String>>>,
}

impl MailProvider {
    pub(super) fn of(config: &Configuration<'_>) -> Result<Self> {
        let sender = SmtpSender::open(config.get("url")?, config.get("from")?)?;
        Ok(Self { sender: Arc::new(sender), linked: Arc::default() })
    }
}

impl Provider for MailProvider {
    async fn receive_link_config_as_target(&self, link: LinkConfig<'_>) -> Result<()> {
        self.linked.write().unwrap_or_else(PoisonError::into_inner).insert(link.source_id.to_owned());
        Ok(())
    }

    async fn delete_link_as_target(&self, link: impl LinkDeleteInfo) -> Result<()> {
        self.linked.write().unwrap_or_else(PoisonError::into_inner).remove(link.get_source_id());
        Ok(())
    }
}

impl Handler<Option<Context>> for MailProvider {
    async fn send(&self, context: Option<Context>, message: Message) -> Result<Result<(), Error>> {
        let component = context.and_then(|context| context.component).unwrap_or_default();
        if !self.linked.read().unwrap_or_else(PoisonError::into_inner).contains(&component) {
            return Ok(Err(Error::Unavailable(format!("{component:?} has no link to mail"))));
        }
        let Message { id, to, subject, text, html } = message;
        let sending = self.sender.send(Outgoing { id, to, subject, text, html });
        Ok(match tokio::time::timeout(TIMEOUT, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Backend::Rejected(why))) => Err(Error::Rejected(why)),
            Ok(Err(Backend::Unavailable(why))) => Err(Error::Unavailable(why)),
            Err(_) => Err(Error::Unavailable("the mail server did not answer in time".to_owned())),
        })
    }
}
