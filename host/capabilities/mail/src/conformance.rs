//! The suite that every backend passes.
//!
//! A backend's test says how messages are sent and where they arrive, then has one test made of
//! each check:
//!
//! ```ignore
//! lyceum_mail::conformance_tests!(MyBackend);
//! ```

// This is test code that other crates' tests call; a failed expectation is its way to speak.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::missing_panics_doc)]

use std::sync::Arc;

use async_trait::async_trait;
use mail_parser::{Message as Parsed, MessageParser};

use crate::{Error, Message, Sender};

/// A backend under test, with nothing sent yet.
#[async_trait]
pub trait BackendUnderTest: Send + Sync + 'static {
    /// A fresh backend.
    async fn fresh() -> Self;
    /// The sender.
    fn sender(&self) -> Arc<dyn Sender>;
    /// The texts of all messages that arrived, the same message once.
    async fn arrived(&self) -> Vec<Vec<u8>>;
}

/// A sound message with this id.
pub fn message(id: &str) -> Message {
    Message {
        id: id.to_owned(),
        to: "ada@example.org".to_owned(),
        subject: "Welcome".to_owned(),
        text: "First line\nSecond line\n".to_owned(),
        html: Some("<p>First line</p>".to_owned()),
    }
}

fn parsed(text: &[u8]) -> Parsed<'_> {
    MessageParser::default().parse(text).expect("a message")
}

async fn only<B: BackendUnderTest>(backend: &B) -> Vec<u8> {
    let mut arrived = backend.arrived().await;
    assert_eq!(arrived.len(), 1);
    arrived.remove(0)
}

/// All that was said is in the message, and it has what RFC 5322 demands.
pub async fn a_message_arrives_whole<B: BackendUnderTest>(backend: &B) {
    backend.sender().send(message("m-1")).await.expect("sent");
    let text = only(backend).await;
    let mail = parsed(&text);
    assert!(mail.message_id().expect("an id").starts_with("m-1@"));
    assert!(mail.date().is_some() && mail.from().is_some());
    let to: Vec<_> =
        mail.to().expect("a receiver").iter().map(|to| to.address().expect("an address")).collect();
    assert_eq!(to, ["ada@example.org"]);
    assert!(mail.cc().is_none() && mail.bcc().is_none());
    assert_eq!(mail.subject(), Some("Welcome"));
    assert_eq!(mail.body_text(0).expect("text").replace("\r\n", "\n"), message("m-1").text);
    assert_eq!(mail.body_html(0).expect("html").trim_end(), "<p>First line</p>");
}

/// Any language, long lines and leading dots come through.
pub async fn any_text_comes_through<B: BackendUnderTest>(backend: &B) {
    let text = format!(".\n..two\nFrom me\n{}\nΓειά σου, κόσμε 🌍", "long ".repeat(500));
    let subject = "Grüße: 日本語 ".repeat(8).trim().to_owned();
    let sent = Message { text: text.clone(), subject: subject.clone(), html: None, ..message("m-1") };
    backend.sender().send(sent).await.expect("sent");
    let raw = only(backend).await;
    assert!(
        raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 999),
        "no line is too long (RFC 5322, 2.1.1)"
    );
    let mail = parsed(&raw);
    assert_eq!(mail.subject(), Some(subject.as_str()));
    assert_eq!(mail.body_text(0).expect("text").replace("\r\n", "\n").trim_end(), text);
}

/// The same id again is the same message, also at the same time.
pub async fn an_id_is_sent_once<B: BackendUnderTest>(backend: &B) {
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let sender = backend.sender();
            tokio::spawn(async move { sender.send(message("m-1")).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("sent");
    }
    backend.sender().send(message("m-1")).await.expect("sent again");
    assert_eq!(parsed(&only(backend).await).subject(), Some("Welcome"));
    backend.sender().send(message("m-2")).await.expect("sent");
    assert_eq!(backend.arrived().await.len(), 2);
}

/// What is no single address is refused, and nothing is sent.
pub async fn a_wrong_address_is_refused<B: BackendUnderTest>(backend: &B) {
    for to in [
        "",
        "nobody",
        "@example.org",
        "ada@",
        "a b@example.org",
        "ada@example.org, eve@example.org",
        "Ada <ada@example.org>",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@exam\nple.org",
    ] {
        let sent = backend.sender().send(Message { to: to.to_owned(), ..message("m-1") }).await;
        assert!(matches!(sent, Err(Error::Rejected(_))), "{to:?}: {sent:?}");
    }
    assert!(backend.arrived().await.is_empty());
}

/// No text of a caller becomes a header.
pub async fn headers_cannot_be_injected<B: BackendUnderTest>(backend: &B) {
    for subject in
        ["Hello\r\nBcc: eve@example.org", "Hello\nX: y", "Hello\rX: y", "Hello\0", &"x".repeat(1000)]
    {
        let sent = backend.sender().send(Message { subject: subject.to_owned(), ..message("m-1") }).await;
        assert!(matches!(sent, Err(Error::Rejected(_))), "{subject:?}: {sent:?}");
    }
    assert!(backend.arrived().await.is_empty());
    let text = "Bcc: eve@example.org\r\n\r\n--boundary\r\nX: y".to_owned();
    let subject = "=?utf-8?q?=0D=0ABcc:_eve@example.org?=".to_owned();
    backend.sender().send(Message { text: text.clone(), subject, ..message("m-1") }).await.expect("sent");
    let raw = only(backend).await;
    let mail = parsed(&raw);
    assert!(mail.bcc().is_none());
    let lines = |text: &str| text.replace("\r\n", "\n");
    assert_eq!(lines(mail.body_text(0).expect("text").trim_end()), lines(&text));
}

/// An id that could mean something to a header or a file system is refused.
pub async fn an_unsafe_id_is_refused<B: BackendUnderTest>(backend: &B) {
    for id in [
        "",
        ".",
        "..",
        "../m",
        "a/b",
        "a\\b",
        ".m",
        "m.",
        "a..b",
        "a b",
        "a@b",
        "a>\r\nX: y",
        "ä",
        &"x".repeat(200),
    ] {
        let sent = backend.sender().send(message(id)).await;
        assert!(matches!(sent, Err(Error::Rejected(_))), "{id:?}: {sent:?}");
    }
    assert!(backend.arrived().await.is_empty());
    backend.sender().send(message("0190f3c2-7b1e-7c3a-9f00-0123456789ab")).await.expect("a UUID is fine");
}

/// Makes one `#[tokio::test]` of every check, for a type that is [`BackendUnderTest`].
#[macro_export]
macro_rules! conformance_tests {
    ($backend:ty) => {
        $crate::conformance_tests!(@each $backend:
            a_message_arrives_whole,
            any_text_comes_through,
            an_id_is_sent_once,
            a_wrong_address_is_refused,
            headers_cannot_be_injected,
            an_unsafe_id_is_refused,
        );
    };
    (@each $backend:ty: $($check:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let backend = <$backend as $crate::conformance::BackendUnderTest>::fresh().await;
                $crate::conformance::$check(&backend).await;
            }
        )*
    };
}
