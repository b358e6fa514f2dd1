//! What the program wrote.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

/// The file that standard output and standard error go to, over all restarts.
#[derive(Clone, Debug)]
pub struct Log {
    pub(super) file: PathBuf,
}

impl Log {
    /// All of it.
    pub fn text(&self) -> Result<String> {
        fs::read_to_string(&self.file).with_context(|| format!("read {}", self.file.display()))
    }

    /// How many lines hold this text.
    pub fn count(&self, text: &str) -> Result<usize> {
        Ok(self.text()?.lines().filter(|line| line.contains(text)).count())
    }

    /// The entries that are JSON objects and hold this text anywhere.
    pub fn entries(&self, text: &str) -> Result<Vec<Value>> {
        let all = self.text()?;
        let lines = all.lines().filter(|line| line.contains(text));
        Ok(lines.filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// The last lines, for a report of what went wrong.
    pub fn tail(&self) -> String {
        let all = self.text().unwrap_or_default();
        let lines: Vec<&str> = all.lines().collect();
        let from = lines.len().saturating_sub(40);
        lines.get(from..).unwrap_or_default().join("\n")
    }
}
