//! What it does with events.

use lyceum_bindings::imports::wasi::logging::logging::{Level, log};
use serde_json::Value;

/// Writes down what it saw, and refuses poison, always.
pub(crate) fn handle(body: &[u8]) -> Result<(), String> {
    let event: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let name = event.pointer("/data/display_name").and_then(Value::as_str).unwrap_or_default();
    let subject = event.get("subject").and_then(Value::as_str).unwrap_or_default();
    let sequence = event.get("sequence").and_then(Value::as_i64).unwrap_or_default();
    log(Level::Info, "hostile", &format!("saw [{subject}] [{sequence}] [{name}]"));
    if name.contains("Poison") { Err("this is poison".to_owned()) } else { Ok(()) }
}
