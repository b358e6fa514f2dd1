//! `lyceum:mail/sender`

use lyceum_mail::{Error as Backend, Message as Outgoing};

use crate::bindings::capabilities::lyceum::mail::sender::{Error, Host, Message};
use crate::guest::Guest;

impl Host for Guest {
    async fn send(&mut self, message: Message) -> wasmtime::Result<Result<(), Error>> {
        let Some(mail) = self.links.mail.clone() else {
            return Ok(Err(Error::Rejected("this component has no link to mail".into())));
        };
        let Message { id, to, subject, text, html } = message;
        let sending = mail.send(Outgoing { id, to, subject, text, html });
        let deadline = self.call().deadline.into();
        Ok(match tokio::time::timeout_at(deadline, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Backend::Rejected(why))) => Err(Error::Rejected(why)),
            Ok(Err(Backend::Unavailable(why))) => Err(Error::Unavailable(why)),
            Err(_) => Err(Error::Unavailable("the deadline passed".into())),
        })
    }
}
