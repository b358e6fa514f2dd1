//! Turns a message into an RFC 5322 text, and refuses what would not be one.

use lettre::Address;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};

use crate::{Error, Message};

/// The longest subject, in bytes.
const SUBJECT_BYTES: usize = 500;
/// The longest body, in bytes, of each form.
const BODY_BYTES: usize = 1 << 20;
/// The longest id, in bytes: it must do for a header and for the name of a file.
const ID_BYTES: usize = 128;

/// Composes `message` as sent by `from`. Each message with this id has the same `Message-ID`.
pub(crate) fn compose(message: &Message, from: &Mailbox) -> Result<Vec<u8>, Error> {
    check_id(&message.id)?;
    let to: Address = message.to.parse().map_err(|error| rejected(format!("the address: {error}")))?;
    if message.subject.len() > SUBJECT_BYTES || message.subject.chars().any(char::is_control) {
        return Err(rejected(format!("the subject must be one line of at most {SUBJECT_BYTES} bytes")));
    }
    let bodies = [Some(&message.text), message.html.as_ref()];
    if bodies.into_iter().flatten().any(|body| body.len() > BODY_BYTES || body.contains('\0')) {
        return Err(rejected(format!("a body must be text of at most {BODY_BYTES} bytes")));
    }
    let builder = lettre::Message::builder()
        .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(message.subject.clone());
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(message.text.clone());
    let composed = match &message.html {
        None => builder.singlepart(text),
        Some(html) => {
            let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(html.clone());
            builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html))
        }
    };
    Ok(composed.map_err(|error| rejected(error.to_string()))?.formatted())
}

/// An id is the left side of a `Message-ID` (RFC 5322 `dot-atom-text`) and, in the file backend, a
/// file's name: nothing that means something in either.
fn check_id(id: &str) -> Result<(), Error> {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let sound = (1..=ID_BYTES).contains(&id.len())
        && id.bytes().all(safe)
        && id.split('.').all(|part| !part.is_empty());
    if sound {
        return Ok(());
    }
    Err(rejected(format!(
        "the id must be 1 to {ID_BYTES} letters, digits, hyphens, underscores and single dots"
    )))
}

fn rejected(why: impl Into<String>) -> Error {
    Error::Rejected(why.into())
}
