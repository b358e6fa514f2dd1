//! Changes to a manifest: a version beside another, an image, a number of instances.

use anyhow::{Context, Result, bail};
use wadm_types::{
    Component, ComponentProperties, ConfigProperty, Manifest, Properties, SpreadScalerProperty, TraitProperty,
};

/// A version to run beside the component that it is a version of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Release<'a> {
    /// The component's name in the manifest.
    pub(crate) component: &'a str,
    /// What the version is called.
    pub(crate) version: &'a str,
    /// Where its image is.
    pub(crate) image: &'a str,
}

/// What may be asked of a manifest, and done to it.
pub(crate) trait Parts {
    /// The component of this name, which is no provider.
    fn component(&self, name: &str) -> Result<&Component>;
    /// Puts a version beside its component: with the same links, the same scale and configurations of the same content.
    fn release(&mut self, release: Release<'_>) -> Result<()>;
    /// Takes a component away.
    fn withdraw(&mut self, name: &str) -> Result<()>;
    /// Has a component made from this image.
    fn set_image(&mut self, name: &str, image: &str) -> Result<()>;
    /// How many requests the component takes at once, on all hosts together.
    fn instances(&self, name: &str) -> Result<usize>;
    /// Sets that number.
    fn set_instances(&mut self, name: &str, instances: usize) -> Result<()>;
}

/// What the hosts know a component by, which wadm makes from other names than ours only if it is not told.
pub(crate) fn id(application: &str, component: &str) -> String {
    format!("{application}-{component}")
}

/// The configuration that says to a component who it is.
pub(crate) fn configuration(application: &str, component: &str) -> String {
    format!("{application}-component-{component}")
}

/// A component's image.
pub(crate) fn image(component: &Component) -> &str {
    let Properties::Component { properties } = &component.properties else { return "" };
    properties.image.as_deref().unwrap_or_default()
}

/// How many links it is the source of.
pub(crate) fn links(component: &Component) -> usize {
    component.traits.iter().flatten().filter(|part| part.is_link()).count()
}

impl Parts for Manifest {
    fn component(&self, name: &str) -> Result<&Component> {
        let found = self.spec.components.iter().find(|part| part.name == name && is_component(part));
        found.with_context(|| unknown(self, name))
    }

    fn release(&mut self, Release { component, version, image }: Release<'_>) -> Result<()> {
        if self.spec.components.iter().any(|part| part.name == version) {
            bail!("{version} is there already: withdraw it first, or release under another name");
        }
        let application = self.metadata.name.clone();
        let mut part = self.component(component)?.clone();
        version.clone_into(&mut part.name);
        let properties = component_properties(&mut part)?;
        properties.image = Some(image.to_owned());
        properties.id = Some(id(&application, version));
        for config in &mut properties.config {
            if config.name == configuration(&application, component) {
                config.name = configuration(&application, version);
            }
        }
        for property in part.traits.iter_mut().flatten().map(|part| &mut part.properties) {
            if let TraitProperty::Link(link) = property {
                let source = link.source.iter_mut().flat_map(|source| &mut source.config);
                for config in link.target.config.iter_mut().chain(source) {
                    rename(config, component, version);
                }
            }
        }
        let place = self.spec.components.iter().position(|part| part.name == component);
        self.spec.components.insert(place.map_or(0, |place| place + 1), part);
        Ok(())
    }

    fn withdraw(&mut self, name: &str) -> Result<()> {
        self.component(name)?;
        self.spec.components.retain(|part| part.name != name);
        Ok(())
    }

    fn set_image(&mut self, name: &str, image: &str) -> Result<()> {
        component_properties(component_mut(self, name)?)?.image = Some(image.to_owned());
        Ok(())
    }

    fn instances(&self, name: &str) -> Result<usize> {
        // The same one that is set.
        let scale = self.component(name)?.traits.iter().flatten().find_map(|part| match &part.properties {
            TraitProperty::SpreadScaler(scale) => Some(scale.instances),
            _ => None,
        });
        scale.with_context(|| format!("the manifest gives {name} no scale"))
    }

    fn set_instances(&mut self, name: &str, instances: usize) -> Result<()> {
        let unscaled = format!("the manifest gives {name} no scale");
        scale_mut(component_mut(self, name)?).context(unscaled)?.instances = instances;
        Ok(())
    }
}

fn is_component(part: &Component) -> bool {
    matches!(part.properties, Properties::Component { .. })
}

fn unknown(manifest: &Manifest, name: &str) -> String {
    let all: Vec<&str> = manifest.wasm_components().map(|part| part.name.as_str()).collect();
    format!("{} has no component {name:?}, only {}", manifest.metadata.name, all.join(", "))
}

fn component_mut<'a>(manifest: &'a mut Manifest, name: &str) -> Result<&'a mut Component> {
    let unknown = unknown(manifest, name);
    let found = manifest.spec.components.iter_mut().find(|part| part.name == name && is_component(part));
    found.context(unknown)
}

fn component_properties(part: &mut Component) -> Result<&mut ComponentProperties> {
    match &mut part.properties {
        Properties::Component { properties } => Ok(properties),
        Properties::Capability { .. } => bail!("{} is a provider", part.name),
    }
}

fn scale_mut(part: &mut Component) -> Option<&mut SpreadScalerProperty> {
    part.traits.iter_mut().flatten().find_map(|part| match &mut part.properties {
        TraitProperty::SpreadScaler(scale) => Some(scale),
        _ => None,
    })
}

/// A configuration that the manifest gives is removed with the part that has it, so no two parts may share one.
fn rename(config: &mut ConfigProperty, component: &str, version: &str) {
    if config.properties.is_some() {
        config.name = match config.name.strip_prefix(component) {
            Some(rest) => format!("{version}{rest}"),
            None => format!("{version}-{}", config.name),
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest() -> Manifest {
        serde_json::from_value(json!({
            "apiVersion": "core.oam.dev/v1beta1",
            "kind": "Application",
            "metadata": { "name": "lyceum", "annotations": { "version": "1" } },
            "spec": { "components": [
                {
                    "name": "users",
                    "type": "component",
                    "properties": { "image": "file:///users-1.wasm", "config": [{ "name": "lyceum-component-users" }] },
                    "traits": [
                        { "type": "spreadscaler", "properties": { "instances": 192, "spread": [
                            { "name": "a", "requirements": { "zone": "a" }, "weight": 1 },
                        ] } },
                        { "type": "link", "properties": {
                            "namespace": "lyceum", "package": "data", "interfaces": ["sql"],
                            "target": { "name": "sql", "config": [
                                { "name": "lyceum-sql" },
                                { "name": "users-sql", "properties": { "service": "users" } },
                            ] },
                        } },
                    ],
                },
                { "name": "sql", "type": "capability", "properties": { "image": "file:///sql-1.par.gz" }, "traits": [] },
            ] },
        }))
        .unwrap()
    }

    const NEXT: Release<'static> =
        Release { component: "users", version: "users-next", image: "file:///users-2.wasm" };

    #[test]
    fn a_version_has_what_its_component_has_under_names_of_its_own() {
        let mut manifest = manifest();
        manifest.release(NEXT).unwrap();
        let next = serde_json::to_value(manifest.component("users-next").unwrap()).unwrap();
        assert_eq!(next["properties"]["image"], "file:///users-2.wasm");
        assert_eq!(next["properties"]["id"], "lyceum-users-next");
        assert_eq!(next["properties"]["config"], json!([{ "name": "lyceum-component-users-next" }]));
        let config = &next["traits"][1]["properties"]["target"]["config"];
        assert_eq!(config[0], json!({ "name": "lyceum-sql" }));
        assert_eq!(config[1], json!({ "name": "users-next-sql", "properties": { "service": "users" } }));
        assert_eq!(manifest.instances("users-next").unwrap(), 192);
        assert!(manifest.release(NEXT).is_err(), "it is there already");
    }

    #[test]
    fn what_was_released_and_withdrawn_leaves_nothing() {
        let mut changed = manifest();
        changed.release(NEXT).unwrap();
        changed.withdraw("users-next").unwrap();
        assert_eq!(changed, manifest());
        assert!(changed.withdraw("users-next").is_err());
    }

    #[test]
    fn only_the_named_component_changes() {
        let mut changed = manifest();
        changed.release(NEXT).unwrap();
        changed.set_image("users", "file:///users-2.wasm").unwrap();
        changed.set_instances("users", 10).unwrap();
        assert_eq!(image(changed.component("users").unwrap()), "file:///users-2.wasm");
        assert_eq!(
            (changed.instances("users").unwrap(), changed.instances("users-next").unwrap()),
            (10, 192)
        );
        assert_eq!(links(changed.component("users").unwrap()), 1);
    }

    #[test]
    fn a_provider_is_no_component() {
        let mut manifest = manifest();
        let error = manifest.set_instances("sql", 1).unwrap_err().to_string();
        assert_eq!(error, "lyceum has no component \"sql\", only users");
        assert!(manifest.component("nobody").is_err());
    }
}
