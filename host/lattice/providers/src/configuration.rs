//! What a link, or the host, says of what stands behind it.

use std::collections::HashMap;

use anyhow::{Context, Result};
use lyceum_console::logs::Format;
use serde::de::DeserializeOwned;
use wasmcloud_provider_sdk::LinkConfig;
use wasmcloud_provider_sdk::provider::load_host_data;

/// Settings by name.
pub(crate) struct Configuration<'a> {
    settings: &'a HashMap<String, String>,
    /// Whose they are.
    of: String,
}

/// The form of the log, as the host has it.
pub(crate) fn log_format() -> Result<Format> {
    let host = load_host_data().context("read what the host says")?;
    Ok(if host.structured_logging { Format::Json } else { Format::Human })
}

impl<'a> Configuration<'a> {
    /// The link's.
    pub(crate) fn of_link(link: &LinkConfig<'a>) -> Self {
        Self { settings: link.config, of: format!("the link from {} to {}", link.source_id, link.target_id) }
    }

    /// The provider's own.
    pub(crate) fn of_provider() -> Result<Configuration<'static>> {
        let settings = &load_host_data().context("read what the host says")?.config;
        Ok(Configuration { settings, of: "the provider's configuration".to_owned() })
    }

    /// All of them.
    pub(crate) fn settings(&self) -> &'a HashMap<String, String> {
        self.settings
    }

    /// A setting that has to be there.
    pub(crate) fn get(&self, name: &str) -> Result<&'a str> {
        let value = self.settings.get(name).with_context(|| format!("{} has no {name}", self.of));
        // The host says nothing of a refused link: its component would only find that nobody answers.
        let value = value.inspect_err(|error| tracing::error!("{error}"))?;
        Ok(value)
    }

    /// A setting that may be missing.
    pub(crate) fn find(&self, name: &str) -> Option<&'a str> {
        self.settings.get(name).map(String::as_str)
    }

    /// One that has to be there, from JSON.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let value = serde_json::from_str(self.get(name)?).with_context(|| format!("{name} of {}", self.of));
        value.inspect_err(|error| tracing::error!("{error:#}"))
    }
}
