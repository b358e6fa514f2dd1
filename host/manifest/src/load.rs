//! A manifest that holds together, or all that is wrong with it.

use std::path::Path;

use crate::mistake::{Mistake, Place};
use crate::model::Manifest;
use crate::read::findings::Findings;
use crate::{check, read};

/// Reads and checks a manifest. `is_there` says whether a component's file exists.
pub(crate) fn manifest(
    path: &Path,
    text: &str,
    is_there: &dyn Fn(&Path) -> bool,
) -> Result<Manifest, Vec<Mistake>> {
    let findings = Findings::new(path, text);
    let folder = path.parent().unwrap_or(Path::new(""));
    let Some(mut reading) = read::manifest(text, folder, &findings) else {
        return Err(findings.into_mistakes());
    };
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
