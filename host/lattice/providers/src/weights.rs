//! How calls are shared between versions of a component, which may change while a provider runs.

use std::collections::HashMap;

use anyhow::{Context, Result};
use lyceum_mesh::{Weights, WeightsByComponent};

/// The setting that says it: a JSON object of versions and their weights by component.
const NAME: &str = "weights";

/// The weights that a provider's settings say. Without any, each component takes its own calls.
pub(crate) fn of(settings: &HashMap<String, String>) -> Result<WeightsByComponent> {
    let Some(text) = settings.get(NAME) else { return Ok(WeightsByComponent::new()) };
    Weights::read(text).context(NAME)
}

/// Those of the settings that a provider is given while it runs, if they aren't the ones that it knows: its host gives it the same
/// again now and then.
pub(crate) fn changed(
    known: &WeightsByComponent,
    settings: &HashMap<String, String>,
) -> Result<Option<WeightsByComponent>> {
    let weights = of(settings)?;
    if weights == *known {
        return Ok(None);
    }
    tracing::info!(?weights, "calls are shared so from now on");
    Ok(Some(weights))
}
