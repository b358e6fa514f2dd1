//! The limits of what people add to an entry: within those of a document, so that every store keeps it.

use lyceum_kit::violation::Violation;
use serde_json::{Map, Value};

/// As JSON, in bytes.
const BYTES: usize = 16 * 1024;
/// Objects and arrays in each other, the details themselves included.
const DEPTH: usize = 8;
/// The longest name of a member, in characters.
const NAME: usize = 100;

/// Fails with `TOO_LARGE`, `TOO_DEEP`, `BAD_NAME` or `OUT_OF_RANGE`.
pub(super) fn check(details: &Map<String, Value>) -> Result<(), Violation> {
    members(details, 1)?;
    let size = serde_json::to_string(details).map_or(usize::MAX, |text| text.len());
    if size > BYTES {
        return Err(Violation::new("TOO_LARGE", format!("At most {BYTES} bytes as JSON.")));
    }
    Ok(())
}

fn members(map: &Map<String, Value>, depth: usize) -> Result<(), Violation> {
    for (name, member) in map {
        let long = name.chars().count() > NAME;
        if name.is_empty() || long || name.starts_with('$') || name.contains(['.', '\0']) {
            let message = "Names have 1 to 100 characters, no dot, and don't begin with $.";
            return Err(Violation::new("BAD_NAME", message));
        }
        value(member, depth)?;
    }
    Ok(())
}

fn value(value: &Value, depth: usize) -> Result<(), Violation> {
    match value {
        Value::Object(_) | Value::Array(_) if depth >= DEPTH => {
            Err(Violation::new("TOO_DEEP", format!("At most {DEPTH} levels.")))
        }
        Value::Object(map) => members(map, depth + 1),
        Value::Array(elements) => elements.iter().try_for_each(|element| self::value(element, depth + 1)),
        Value::Number(number) if number.is_u64() && !number.is_i64() => {
            Err(Violation::new("OUT_OF_RANGE", "Integers have 64 bits with a sign."))
        }
        _ => Ok(()),
    }
}
