//! From the manifest's text to the model: one module for each part, all mistakes gathered.

mod application;
mod component;
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

pub(crate) use component::Draft;
use findings::Findings;
use table::Table;
pub(crate) use trigger::Trigger;

use crate::check;
use crate::mistake::{Mistake, Place};
use crate::model::Manifest;

/// All that was read, with the places that checks across components need.
pub(crate) struct Reading {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) variables: std::collections::BTreeMap<String, crate::model::Variable>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) drafts: Vec<Draft>,
}

/// Reads and checks a manifest. `is_there` says whether a component's file exists.
pub(crate) fn manifest(
    path: &Path,
    text: &str,
    is_there: &dyn Fn(&Path) -> bool,
) -> Result<Manifest, Vec<Mistake>> {
    let findings = Findings::new(path, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        findings.report(&error.span().unwrap_or_default(), format!("no valid TOML: {}", error.message()), "");
    }
    if !errors.is_empty() {
        // What could be read of broken text would only lead to mistakes that nobody made.
        return Err(findings.into_mistakes());
    }
    let root = Table { findings: &findings, name: String::new(), span: 0..0, entries: document.get_ref() };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut reading = application::read(&root, folder);
    let public = check::all(&mut reading, &findings, is_there);
    match public {
        Some(public) if findings.is_empty() => Ok(Manifest {
            name: reading.name,
            version: reading.version,
            public,
            variables: reading.variables,
            components: reading
                .drafts
                .into_iter()
                .map(|draft| (draft.component.id.clone(), draft.component))
                .collect(),
        }),
        _ => Err(findings.into_mistakes()),
    }
}

/// The mistake that the file itself can't be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Mistake {
    Mistake {
        place: Place::File { path: path.to_owned(), line: 1, column: 1 },
        message: format!("can't be read: {error}"),
        hint: Some("run Lyceum in the folder of `spin.toml`, or say where it is".to_owned()),
    }
}
