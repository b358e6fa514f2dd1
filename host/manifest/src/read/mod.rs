//! From the manifest's text to the model: one module for each part, all mistakes gathered.

mod application;
mod component;
mod draft;
mod event_kind;
mod field;
pub(crate) mod findings;
mod limits;
mod lyceum;
mod names;
mod subscription;
pub(crate) mod table;
mod trigger;

use std::path::Path;

use toml::de::DeTable;

pub(crate) use draft::Draft;
use findings::Findings;
use table::Table;
pub(crate) use trigger::Trigger;

/// All that was read, with the places that checks across components need.
pub(crate) struct Reading {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) variables: std::collections::BTreeMap<String, crate::model::Variable>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) drafts: Vec<Draft>,
}

/// Reads the text of a manifest in this folder. None of what is no TOML: what could be read of broken text would only lead to
/// mistakes that nobody made.
pub(crate) fn manifest(text: &str, folder: &Path, findings: &Findings<'_>) -> Option<Reading> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        findings.report(&error.span().unwrap_or_default(), format!("no valid TOML: {}", error.message()), "");
    }
    if !errors.is_empty() {
        return None;
    }
    let root = Table { findings, name: String::new(), span: 0..0, entries: document.get_ref() };
    Some(application::read(&root, folder))
}
