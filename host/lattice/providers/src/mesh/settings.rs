//! What the manifest says of the mesh.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use anyhow::{Context, Result};
use lyceum_mesh::identity::{Keyring, RootSecret};
use lyceum_mesh::{Mesh, Outbound};
use serde::Deserialize;

use crate::configuration::Configuration;

/// One component, as the generated manifest describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    /// Where it may send requests, as `allowed_outbound_hosts` says it.
    #[serde(default)]
    calls: Vec<String>,
    /// How many calls of it may be in flight.
    #[serde(default)]
    limit: Option<NonZeroUsize>,
    /// Whether it may say on whose behalf it calls.
    #[serde(default)]
    issuer: bool,
}

/// All of them, with what else is configured.
pub(super) struct Settings {
    application: String,
    components: BTreeMap<String, Component>,
    root_secret: RootSecret,
}

impl Settings {
    /// What the host was told when it started this provider.
    pub(super) fn of_host() -> Result<Self> {
        let config = Configuration::of_provider()?;
        Ok(Self {
            application: config.get("application")?.to_owned(),
            components: config.read("components")?,
            root_secret: config.get("root_secret")?.parse().context("root_secret")?,
        })
    }

    pub(super) fn application(&self) -> &str {
        &self.application
    }

    /// The components' ids, without the application's name.
    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.components.keys().cloned().collect()
    }

    pub(super) fn issuers(&self) -> BTreeSet<String> {
        let issuers = self.components.iter().filter(|(_, component)| component.issuer);
        issuers.map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn mesh(&self) -> Result<Mesh> {
        let mut mesh = Mesh::builder();
        for (id, component) in &self.components {
            let calls: Vec<&str> = component.calls.iter().map(String::as_str).collect();
            mesh = mesh.caller(id, Outbound::parse(&calls).with_context(|| format!("the calls of {id}"))?);
            if let Some(limit) = component.limit {
                mesh = mesh.limit(id, limit);
            }
        }
        Ok(mesh.build())
    }

    pub(super) fn keyring(&self) -> Keyring {
        self.root_secret.keyring()
    }
}
