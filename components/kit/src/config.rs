//! This component's configuration, as the host gives it.

use crate::{host::config as host, log, problem::Problem};

/// Why a variable can't be had.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It isn't set, or empty.
    #[error("the configuration variable {0} is not set")]
    Missing(String),
    /// The host can't read it.
    #[error("the configuration can't be read: {0}")]
    Unreadable(String),
}

/// A variable's value; nothing when it isn't set or empty. A host call each time.
pub fn get(name: &str) -> Result<Option<String>, ConfigError> {
    Ok(host::get(name)?.filter(|value| !value.is_empty()))
}

impl From<host::Error> for ConfigError {
    fn from(error: host::Error) -> Self {
        match error {
            host::Error::Upstream(reason) | host::Error::Io(reason) => Self::Unreadable(reason),
        }
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        log::error(error.to_string());
        Self::internal()
    }
}

/// A variable's value; an error when it isn't set.
pub fn required(name: &str) -> Result<String, ConfigError> {
    get(name)?.ok_or_else(|| ConfigError::Missing(name.to_owned()))
}
