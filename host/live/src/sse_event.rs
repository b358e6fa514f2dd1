//! The text of a server-sent event.

use bytes::Bytes;

use crate::position::Position;

/// One event; without data nothing but the position.
pub(crate) fn event_text(position: Position, name: Option<&str>, data: &str) -> Bytes {
    let mut text = format!("id: {position}\n");
    if let Some(name) = name {
        text.push_str("event: ");
        text.push_str(name);
        text.push('\n');
    }
    // JSON may have line breaks between its tokens.
    for line in data.split(['\r', '\n']).filter(|line| !line.is_empty()) {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    text.into()
}
