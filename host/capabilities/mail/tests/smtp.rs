//! SMTP passes the suite of every mail backend; and what only a server can do wrong.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lyceum_mail::conformance::{BackendUnderTest, message};
use lyceum_mail::{Error, Message, Sender, SmtpSender};
use lyceum_private_servers::{Server as _, SmtpServer};
use mail_parser::MessageParser;

const FROM: &str = "Lyceum <noreply@lyceum.invalid>";
const PATIENCE: Duration = Duration::from_secs(30);

struct Smtp {
    server: SmtpServer,
    sender: Arc<SmtpSender>,
}

fn sender(server: &SmtpServer) -> SmtpSender {
    SmtpSender::open(&server.url(), FROM).expect("a sender")
}

#[async_trait]
impl BackendUnderTest for Smtp {
    async fn fresh() -> Self {
        let server = SmtpServer::start().expect("a mail server");
        Self { sender: Arc::new(sender(&server)), server }
    }

    fn sender(&self) -> Arc<dyn Sender> {
        self.sender.clone()
    }

    async fn arrived(&self) -> Vec<Vec<u8>> {
        let mut once = BTreeMap::new();
        for text in self.server.messages().expect("read") {
            let id =
                MessageParser::default().parse(&text).and_then(|mail| mail.message_id().map(str::to_owned));
            once.insert(id.expect("an id"), text);
        }
        once.into_values().collect()
    }
}

lyceum_mail::conformance_tests!(Smtp);

#[tokio::test]
async fn a_server_that_is_gone_is_told_and_found_again() {
    let server = SmtpServer::start().expect("a mail server");
    let sender = sender(&server);
    sender.send(message("m-1")).await.expect("sent");
    server.kill9().expect("killed");
    assert!(matches!(sender.send(message("m-2")).await, Err(Error::Unavailable(_))));
    server.restart().expect("restarted");
    let until = Instant::now() + PATIENCE;
    while let Err(error) = sender.send(message("m-2")).await {
        assert!(Instant::now() < until, "{error}");
        tokio::task::yield_now().await;
    }
    assert_eq!(server.messages().expect("read").len(), 2);
}

#[tokio::test]
async fn what_the_server_refuses_for_good_is_not_repeated() {
    let server = SmtpServer::start_with(&["--size", "2000"]).expect("a mail server");
    let sender = sender(&server);
    let large = Message { text: "many words ".repeat(1000), ..message("m-1") };
    assert!(matches!(sender.send(large).await, Err(Error::Rejected(_))));
    sender.send(Message { html: None, ..message("m-2") }).await.expect("sent");
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_can_not_speak_tls() {
    let server = SmtpServer::start().expect("a mail server");
    let required = format!("{}?tls=required", server.url());
    for address in [required, server.url().replace("smtp://", "smtps://")] {
        let sender = SmtpSender::open(&address, FROM).expect("a sender");
        assert!(matches!(sender.send(message("m-1")).await, Err(Error::Unavailable(_))), "{address}");
    }
    assert!(server.messages().expect("read").is_empty());
}

#[test]
fn a_wrong_address_is_told_without_its_password() {
    for (server, from) in
        [("http://me:secret@mail", FROM), ("smtp://me:secret@mail", "nobody"), ("secret", FROM)]
    {
        let error = SmtpSender::open(server, from).err().expect("refused").to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}
