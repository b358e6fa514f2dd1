//! Messages as single texts, for WebSockets.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::held::Item;
use crate::position::Position;

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    event: &'a str,
    data: &'a RawValue,
}

impl Item {
    /// JSON with `id`, `event` and `data`. The events `alive` and `reset` have none.
    pub fn text(&self) -> String {
        let (position, event, data) = match self {
            Self::Alive(position) => (*position, "alive", "{}"),
            Self::Reset(position) => (*position, "reset", "{}"),
            Self::Message(told) => {
                let message = told.message();
                (told.position(), message.event.as_str(), message.data.as_str())
            }
        };
        line(position, event, data).unwrap_or_default()
    }
}

fn line(position: Position, event: &str, data: &str) -> serde_json::Result<String> {
    serde_json::to_string(&Line { id: position.to_string(), event, data: serde_json::from_str(data)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_one_json_text() {
        let position = Position { epoch: 1, number: 2 };
        assert_eq!(Item::Reset(position).text(), r#"{"id":"1-2","event":"reset","data":{}}"#);
        assert_eq!(line(position, "came", "[1]").unwrap(), r#"{"id":"1-2","event":"came","data":[1]}"#);
    }
}
