//! What is wrong, where, and how to mend it.

use std::fmt;
use std::path::PathBuf;

/// Where a mistake was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a file.
    File {
        /// As it was given to [`crate::Manifest::load`].
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// Counts characters from 1.
        column: usize,
    },
    /// In an environment variable of this name.
    Environment(String),
    /// In the options of the command.
    Command,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Command => write!(f, "command line"),
        }
    }
}

/// One thing that has to be mended before Lyceum can start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}{}", hint.as_ref().map(|hint| format!("\n    hint: {hint}")).unwrap_or_default())]
pub struct Mistake {
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// How to mend it, where that isn't plain.
    pub hint: Option<String>,
}

/// All mistakes, shown one below the other.
#[derive(Clone, Debug, thiserror::Error)]
pub struct Report(pub Vec<Mistake>);

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            writeln!(f, "{mistake}")?;
        }
        match self.0.len() {
            1 => write!(f, "1 mistake"),
            count => write!(f, "{count} mistakes"),
        }
    }
}
