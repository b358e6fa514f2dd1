//! What the manifest says of the mesh.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::{Context, Result};
use lyceum_mesh::identity::{Keyring, RootSecret};
use lyceum_mesh::{Addresses, Mesh, Outbound, WeightsByComponent};
use lyceum_outbound::Trace;
use serde::Deserialize;

use crate::configuration::Configuration;
use crate::weights;

/// One component, as the application's manifest describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    /// Where it may send requests, as `allowed_outbound_hosts` says it.
    #[serde(default)]
    calls: Vec<String>,
    /// Whether it may say on whose behalf it calls.
    #[serde(default)]
    issuer: bool,
    /// How long one request or event may take it, in milliseconds, and so a call that it makes.
    patience: u64,
}

/// The components, which may become others while the provider runs.
pub(super) struct Components(BTreeMap<String, Component>);

impl Components {
    const NAME: &str = "components";

    /// Those that a change of the configuration names, if it does.
    pub(super) fn of(settings: &HashMap<String, String>) -> Result<Option<Self>> {
        let components = settings.get(Self::NAME).map(|text| serde_json::from_str(text));
        Ok(components.transpose().context(Self::NAME)?.map(Self))
    }

    /// Their ids, without the application's name.
    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// Those that may say on whose behalf they call.
    pub(super) fn issuers(&self) -> BTreeSet<String> {
        let issuers = self.0.iter().filter(|(_, component)| component.issuer);
        issuers.map(|(id, _)| id.clone()).collect()
    }

    /// What each may call.
    pub(super) fn policies(&self) -> Result<HashMap<String, Outbound>> {
        let policy = |(id, component): (&String, &Component)| {
            let calls: Vec<&str> = component.calls.iter().map(String::as_str).collect();
            Ok((id.clone(), Outbound::parse(&calls).with_context(|| format!("the calls of {id}"))?))
        };
        self.0.iter().map(policy).collect()
    }

    /// The longest that a call by this one may take.
    pub(super) fn patience(&self, id: &str) -> Duration {
        self.0.get(id).map_or(TIMEOUT, |component| Duration::from_millis(component.patience))
    }
}

/// How long a call of a component may take that the manifest says nothing of.
const TIMEOUT: Duration = Duration::from_secs(10);

/// All of them, with what else is configured.
pub(super) struct Settings {
    application: String,
    components: Components,
    /// How many calls of a component may be in flight.
    limits: BTreeMap<String, NonZeroUsize>,
    root_secret: RootSecret,
    weights: WeightsByComponent,
    outbound: lyceum_outbound::Settings,
}

impl Settings {
    /// What the host was told when it started this provider.
    pub(super) fn of_host() -> Result<Self> {
        let config = Configuration::of_provider()?;
        Ok(Self {
            application: config.get("application")?.to_owned(),
            components: Components(config.read(Components::NAME)?),
            limits: config.read("limits")?,
            root_secret: config.get("root_secret")?.parse().context("root_secret")?,
            weights: weights::of(config.settings())?,
            outbound: outbound(config.settings())?,
        })
    }

    pub(super) fn application(&self) -> &str {
        &self.application
    }

    pub(super) fn mesh(&self) -> Result<Mesh> {
        let mut mesh = Mesh::builder();
        for (id, policy) in self.components.policies()? {
            mesh = mesh.caller(&id, policy);
        }
        for (id, limit) in &self.limits {
            mesh = mesh.limit(id, *limit);
        }
        Ok(mesh.build())
    }

    /// What requests to the outside may reach.
    pub(super) fn outbound(&self) -> lyceum_outbound::Settings {
        self.outbound.clone()
    }

    pub(super) fn components(&self) -> &Components {
        &self.components
    }

    pub(super) fn into_components(self) -> Components {
        self.components
    }

    pub(super) fn weights(&self) -> WeightsByComponent {
        self.weights.clone()
    }

    pub(super) fn keyring(&self) -> Keyring {
        self.root_secret.keyring()
    }
}

/// What the operator says of the outside; nothing by default.
fn outbound(settings: &HashMap<String, String>) -> Result<lyceum_outbound::Settings> {
    let private = settings.get("outbound_private").map_or("", String::as_str);
    let is_told = settings.get("outbound_trace").is_some_and(|told| told == "true");
    Ok(lyceum_outbound::Settings {
        addresses: private.parse::<Addresses>().context("outbound_private")?,
        roots: settings.get("outbound_roots").map(Into::into),
        trace: if is_told { Trace::Told } else { Trace::Kept },
        ..lyceum_outbound::Settings::default()
    })
}
