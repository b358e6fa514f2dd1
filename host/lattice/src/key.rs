//! Keys that NATS knows programs by: nkeys. The server knows only their public halves.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use nkeys::{KeyPair, KeyPairType};

/// How files of keys end.
pub(crate) const ENDING: &str = "nk";

/// The key in this file.
pub(crate) fn read(file: &Path) -> Result<Arc<KeyPair>> {
    let text = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    // What is wrong with it is told without it.
    let wrong = || anyhow!("{} is not the seed of a user's key (SU...)", file.display());
    let key = KeyPair::from_seed(text.trim()).map_err(|_| wrong())?;
    if key.key_pair_type() != KeyPairType::User {
        bail!(wrong());
    }
    Ok(Arc::new(key))
}

/// The keys in this folder, by the names of their files.
pub(crate) fn read_all(folder: &Path) -> Result<HashMap<String, Arc<KeyPair>>> {
    let mut keys = HashMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let file = entry?.path();
        let name = file.file_stem().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|_| file.extension().is_some_and(|ending| ending == ENDING)) {
            keys.insert(name.to_owned(), read(&file)?);
        }
    }
    if keys.is_empty() {
        bail!("{} has no keys (*.{ENDING})", folder.display());
    }
    Ok(keys)
}
