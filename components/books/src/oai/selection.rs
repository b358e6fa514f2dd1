//! Which records a harvester wants.

use super::MetadataFormat;
use super::datestamp::Bound;

/// Which records a list is of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Selection {
    /// Whether it holds their content.
    pub(super) whole: bool,
    pub(super) format: MetadataFormat,
    pub(super) from: Option<Bound>,
    pub(super) until: Option<Bound>,
    pub(super) set: Option<String>,
}

/// Whether a text can be the name of a set (`setSpecType` in the protocol's schema).
pub(super) fn is_set(text: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.!~*'()".contains(sign);
    text.split(':').all(|part| !part.is_empty() && part.chars().all(plain))
}
