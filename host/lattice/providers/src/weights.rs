//! How calls are shared between versions of a component, which may change while a provider runs.

use std::collections::HashMap;

use anyhow::{Context, Result};
use lyceum_mesh::{Weights, WeightsByComponent};

/// The setting that says it: a JSON object of versions and their weights by component.
const NAME: &str = "weights";

/// The weights that a provider's settings say. Without any, each component takes its own calls.
pub(crate) fn of(settings: &HashMap<String, String>) -> Result<WeightsByComponent> {
    let Some(text) = settings.get(NAME) else { return Ok(WeightsByComponent::new()) };
    let weights = Weights::read(text).context(NAME)?;
    tracing::info!(weights = text, "calls are shared so from now on");
    Ok(weights)
}
