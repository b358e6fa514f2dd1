//! Versions of a component to release, and which of them answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use lyceum_end_to_end::client::Person;

/// What the users service says of somebody who isn't there.
const OLD: &str = "There is no such person.";
/// What its next version says. As long as the other, so that nothing moves in the component's data.
const NEW: &str = "There is no such member.";
/// Nobody.
const NOBODY: &str = "/api/v1/users/00000000-0000-7000-8000-000000000000";

/// Which version answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The one that the application was deployed with.
    Old,
    /// The one that [`next_users`] makes.
    New,
}

/// Makes the next version of the users service from its image: a service that says something in other words.
pub fn next_users(images: &Path, folder: &Path, name: &str) -> Result<PathBuf> {
    let mut files = std::fs::read_dir(images)?.filter_map(|file| Some(file.ok()?.path()));
    let is_users = |file: &PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("users-") && file.extension().is_some_and(|extension| extension == "wasm")
    };
    let image = files.find(is_users).with_context(|| format!("an image of users in {}", images.display()))?;
    let mut bytes = std::fs::read(&image)?;
    let places: Vec<_> =
        bytes.windows(OLD.len()).enumerate().filter(|(_, text)| *text == OLD.as_bytes()).collect();
    let places: Vec<usize> = places.into_iter().map(|(place, _)| place).collect();
    ensure!(!places.is_empty(), "{} does not say {OLD:?}", image.display());
    for place in places {
        bytes[place..place + NEW.len()].copy_from_slice(NEW.as_bytes());
    }
    let next = folder.join(name);
    std::fs::write(&next, bytes)?;
    Ok(next)
}

/// Asks so often, and counts which version answers. Whatever else comes is an error.
pub async fn answers(admin: &Person, count: u32) -> Result<BTreeMap<Version, u32>> {
    let mut by_version = BTreeMap::new();
    for _ in 0..count {
        let problem = admin.get(NOBODY).await?.expect_problem(404)?;
        let version = match problem["detail"].as_str() {
            Some(OLD) => Version::Old,
            Some(NEW) => Version::New,
            _ => bail!("no version answers {problem}"),
        };
        *by_version.entry(version).or_default() += 1;
    }
    Ok(by_version)
}
