//! `lyceum:mail/sender` on the sender that writes files, which refuses what a mail server would refuse.

use std::{cell::RefCell, path::Path};

use lyceum_kit::{
    host::mail::{Error, Mail, Message},
    mail,
};
use lyceum_mail::{Error as Backend, FileSender, Sender as _};

use crate::runtime::wait;

pub(crate) struct Mails {
    sender: FileSender,
    /// By id, as a receiver sees them: one that was sent again is the same.
    sent: RefCell<Vec<mail::Message>>,
    outage: RefCell<Option<String>>,
}

impl Mails {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let sender = FileSender::new(folder).expect("can't make the folder of mails");
        Self { sender, sent: RefCell::default(), outage: RefCell::default() }
    }

    pub(crate) fn sent(&self) -> Vec<mail::Message> {
        self.sent.borrow().clone()
    }

    /// From now on nothing is taken, for this reason; or everything again.
    pub(crate) fn set_outage(&self, reason: Option<&str>) {
        self.outage.replace(reason.map(ToOwned::to_owned));
    }
}

impl Mail for Mails {
    fn send(&self, message: &Message) -> Result<(), Error> {
        if let Some(reason) = self.outage.borrow().clone() {
            return Err(Error::Unavailable(reason));
        }
        let Message { id, to, subject, text, html } = message.clone();
        let handed_over = lyceum_mail::Message {
            id: id.clone(),
            to: to.clone(),
            subject: subject.clone(),
            text: text.clone(),
            html: html.clone(),
        };
        wait(self.sender.send(handed_over)).map_err(|error| match error {
            Backend::Rejected(reason) => Error::Rejected(reason),
            Backend::Unavailable(reason) => Error::Unavailable(reason),
        })?;
        let mut sent = self.sent.borrow_mut();
        if sent.iter().all(|known| known.id != id) {
            sent.push(mail::Message { id, to, subject, text, html });
        }
        Ok(())
    }
}

crate::host::named!(Mails);
