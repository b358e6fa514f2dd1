//! What a course consists of, and the rules for it.

pub(crate) mod assignment;
pub(crate) mod bank;
pub(crate) mod category;
pub(crate) mod content;
pub(crate) mod copying;
pub(crate) mod course;
pub(crate) mod decimal;
pub(crate) mod diff;
pub(crate) mod fields;
pub(crate) mod learner;
pub(crate) mod lesson;
pub(crate) mod markup;
pub(crate) mod module;
pub(crate) mod path;
pub(crate) mod question;
pub(crate) mod quiz;
pub(crate) mod review;
pub(crate) mod slug;
pub(crate) mod version;

use lyceum_kit::text_enum;
use lyceum_kit::violation::Violation;
use serde_json::{Map, Value};

/// Of metadata as JSON, in bytes.
const METADATA: usize = 4 * 1024;
/// The longest duration: ten thousand hours, in seconds.
const DURATION: i64 = 36_000_000;

text_enum! {
    /// Whether a module or a lesson becomes part of what is published.
    pub(crate) enum PartStatus {
        /// It is held back.
        Draft = "draft",
        /// It is part of the next version.
        Published = "published",
    }
}

/// What is said of neither is meant to be there.
pub(crate) const fn published() -> PartStatus {
    PartStatus::Published
}

/// `TOO_LARGE`.
fn check_metadata(metadata: &Map<String, Value>) -> Result<(), Violation> {
    let size = serde_json::to_string(metadata).map_or(usize::MAX, |text| text.len());
    if size > METADATA {
        return Err(Violation::new("TOO_LARGE", format!("At most {METADATA} bytes as JSON.")));
    }
    Ok(())
}

/// `OUT_OF_RANGE`.
fn check_duration(duration: Option<i64>) -> Result<(), Violation> {
    if duration.is_none_or(|seconds| (0..=DURATION).contains(&seconds)) {
        return Ok(());
    }
    Err(Violation::new("OUT_OF_RANGE", format!("Must be from 0 to {DURATION} seconds.")))
}

/// Nothing, if nothing can be seen in it.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
