//! `wadm/lyceum.yaml`: what wadm runs on a lattice, made from `spin.toml`.
//!
//! What differs from one lattice to the next (servers, addresses, secrets) is not in it: configurations that it names
//! without giving their properties are put there by `lyceum-lattice configure`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use lyceum_manifest::{Beginning, Component, Manifest, Mode};
use serde_json::{Value, json};

use xtask::process::step;
use xtask::workspace::Workspace;

/// What a host's label `zone` may say: each part of the application runs in each of them.
const ZONES: [&str; 3] = ["a", "b", "c"];
/// Where images lie on the hosts; `lyceum-lattice deploy --images` says otherwise.
const IMAGES: &str = "file:///opt/lyceum/lattice";
/// Where the generated manifest is.
const FILE: &str = "wadm/lyceum.yaml";

/// Writes it.
pub(crate) fn run() -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let file = workspace.root.join(FILE);
    std::fs::write(&file, generated(&workspace.manifest()?)?)
        .with_context(|| format!("write {}", file.display()))?;
    step(format_args!("wrote {FILE}"));
    Ok(ExitCode::SUCCESS)
}

/// The manifest of this application on a lattice.
pub(crate) fn generated(manifest: &Manifest) -> Result<String> {
    let yaml = serde_yaml_ng::to_string(&application(manifest)?)?;
    Ok(format!("# Made from spin.toml by `cargo xtask manifests`; changes here are lost.\n{yaml}"))
}

fn application(manifest: &Manifest) -> Result<Value> {
    let mut parts = Vec::new();
    for component in manifest.components.values() {
        parts.push(part(manifest, component)?);
    }
    parts.extend(providers(manifest)?);
    let annotations = json!({
        "description": format!("{}, as its spin.toml says", manifest.name),
        "version": version(manifest)?,
        "org.opencontainers.image.licenses": env!("CARGO_PKG_LICENSE"),
        // What wasmCloud's own tools show of an application.
        "wasmcloud.dev/authors": "Lyceum",
        "wasmcloud.dev/categories": "education,library,http",
    });
    Ok(json!({
        "apiVersion": "core.oam.dev/v1beta1",
        "kind": "Application",
        "metadata": { "name": manifest.name, "annotations": annotations },
        "spec": { "components": parts },
    }))
}

/// A component with its scale and its links.
fn part(manifest: &Manifest, component: &Component) -> Result<Value> {
    let id = &component.id;
    let mut traits = vec![spread(component.limits.concurrency * ZONES.len())];
    if calls(manifest, component).next().is_some() {
        traits.push(link("wasi", "http", &["outgoing-handler"], "mesh", &[]));
    }
    if component.sql {
        let own = json!({ "name": format!("{id}-sql"), "properties": store(component)? });
        traits.push(link("lyceum", "data", &["sql"], "sql", &[named(manifest, "sql"), own]));
    }
    if component.documents {
        let own = json!({ "name": format!("{id}-documents"), "properties": store(component)? });
        let config = [named(manifest, "documents"), own];
        traits.push(link("lyceum", "data", &["documents"], "documents", &config));
    }
    if component.mail {
        traits.push(link("lyceum", "mail", &["sender"], "mail", &[]));
    }
    if !component.keyvalue.is_empty() {
        let buckets: BTreeMap<_, _> = component
            .keyvalue
            .iter()
            .map(|(name, bucket)| {
                let seconds = bucket.time_to_live.map(|time| time.as_secs());
                (name, json!({ "time_to_live": seconds, "entries": bucket.entries }))
            })
            .collect();
        let properties = json!({ "service": id, "buckets": serde_json::to_string(&buckets)? });
        let own = json!({ "name": format!("{id}-keyvalue"), "properties": properties });
        let config = [named(manifest, "keyvalue"), own];
        traits.push(link("wasi", "keyvalue", &["store", "atomics", "batch"], "keyvalue", &config));
    }
    if !component.containers.is_empty() {
        let properties =
            json!({ "service": id, "containers": serde_json::to_string(&component.containers)? });
        let own = json!({ "name": format!("{id}-blobs"), "properties": properties });
        // Hosts send the calls of all interfaces of the package by this one.
        traits.push(link("wasi", "blobstore", &["blobstore"], "blobs", &[named(manifest, "blobs"), own]));
    }
    Ok(json!({
        "name": id,
        "type": "component",
        "properties": {
            // wadm would make another of a name with a hyphen, by which the mesh doesn't find it.
            "id": format!("{}-{id}", manifest.name),
            "image": format!("{IMAGES}/{id}-{}.wasm", version(manifest)?),
            // Apart from those of servers, whatever components are called.
            "config": [named(manifest, &format!("component-{id}"))],
        },
        "traits": traits,
    }))
}

/// Whose store it is, and which events may be in its outbox.
fn store(component: &Component) -> Result<Value> {
    let publishes = serde_json::to_string(&component.publishes)?;
    Ok(json!({ "service": component.id, "publishes": publishes }))
}

fn providers(manifest: &Manifest) -> Result<Vec<Value>> {
    let mut limits = BTreeMap::new();
    for component in manifest.components.values() {
        limits.insert(&component.id, (component.limits.concurrency + component.limits.queue) * ZONES.len());
    }
    let mesh = json!({ "application": manifest.name, "limits": serde_json::to_string(&limits)? });
    let mut parts = vec![
        provider(manifest, "mesh", mesh, &["mesh", "weights"], Vec::new())?,
        provider(manifest, "mail", json!({}), &["mail"], Vec::new())?,
        provider(manifest, "sql", json!({}), &["sql-connections"], Vec::new())?,
        provider(manifest, "keyvalue", json!({}), &[], Vec::new())?,
        provider(
            manifest,
            "events",
            json!({ "application": manifest.name }),
            &["events", "weights"],
            deliveries(manifest)?,
        )?,
    ];
    let has_any = |wanted: fn(&Component) -> bool| manifest.components.values().any(wanted);
    if has_any(|component| component.documents) {
        parts.push(provider(manifest, "documents", json!({}), &[], Vec::new())?);
    }
    if has_any(|component| !component.containers.is_empty()) {
        parts.push(provider(manifest, "blobs", json!({}), &[], Vec::new())?);
    }
    for zone in ZONES {
        parts.push(http(manifest, zone)?);
    }
    Ok(parts)
}

/// A listener in one zone, and the component behind it. Configurations are the whole lattice's, so that each address needs a
/// provider of its own.
fn http(manifest: &Manifest, zone: &str) -> Result<Value> {
    let public = &manifest.public;
    let public = manifest.components.get(public).with_context(|| format!("there is no {public}"))?;
    let patience = u64::try_from(public.limits.wall_clock.as_millis())?;
    let name = format!("http-{zone}");
    let properties = json!({
        "role": "http",
        "application": manifest.name,
        "largest_body": public.limits.request_body.to_string(),
        "patience": patience.to_string(),
    });
    let link = json!({
        "type": "link",
        "properties": {
            "namespace": "wasi",
            "package": "http",
            "interfaces": ["incoming-handler"],
            "target": { "name": manifest.public },
            "source": { "config": [named(manifest, &name)] },
        },
    });
    let spread = json!({ "instances": 1, "spread": [in_zone(zone)] });
    Ok(json!({
        "name": name,
        "type": "capability",
        "properties": {
            "image": format!("{IMAGES}/http-{}.par.gz", version(manifest)?),
            "config": [
                { "name": format!("{name}-provider"), "properties": properties },
                named(manifest, "events"),
                named(manifest, "weights"),
            ],
        },
        "traits": [{ "type": "spreadscaler", "properties": spread }, link],
    }))
}

/// A provider in each zone: one program, whose role its configuration says.
fn provider(
    manifest: &Manifest,
    role: &str,
    mut properties: Value,
    more: &[&str],
    links: Vec<Value>,
) -> Result<Value> {
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("role".into(), role.into());
    }
    let own = json!({ "name": format!("{role}-provider"), "properties": properties });
    let config: Vec<Value> =
        std::iter::once(own).chain(more.iter().map(|name| named(manifest, name))).collect();
    let mut traits = vec![spread(ZONES.len())];
    traits.extend(links);
    Ok(json!({
        "name": role,
        "type": "capability",
        "properties": { "image": format!("{IMAGES}/{role}-{}.par.gz", version(manifest)?), "config": config },
        "traits": traits,
    }))
}

/// A link of the events provider to each component that is given events.
fn deliveries(manifest: &Manifest) -> Result<Vec<Value>> {
    let mut links = Vec::new();
    for component in manifest.components.values() {
        let mut consumers = Vec::new();
        for (mode, name) in [(Mode::Projection, "projection"), (Mode::Reaction, "reaction")] {
            let wanted: Vec<_> =
                component.subscriptions.iter().filter(|wanted| wanted.mode == mode).collect();
            let replay = wanted.iter().filter_map(|wanted| wanted.replay_at_start).max();
            let patience = wanted.iter().filter_map(|wanted| wanted.patience).max();
            let from_now: Vec<_> = wanted
                .iter()
                .filter(|wanted| wanted.from == Beginning::Now)
                .map(|wanted| &wanted.kind)
                .collect();
            if !wanted.is_empty() {
                consumers.push(json!({
                    "mode": name,
                    "kinds": wanted.iter().map(|wanted| &wanted.kind).collect::<Vec<_>>(),
                    "concurrency": wanted.iter().map(|wanted| wanted.concurrency).max(),
                    "from_now": from_now,
                    "patience": patience.map(|time| time.as_secs()),
                    "replay_at_start": replay.map(|time| time.as_secs()),
                }));
            }
        }
        if consumers.is_empty() {
            continue;
        }
        let properties =
            json!({ "service": component.id, "subscriptions": serde_json::to_string(&consumers)? });
        links.push(json!({
            "type": "link",
            "properties": {
                // wadm takes links of one name for one target only.
                "name": component.id,
                "namespace": "wasmcloud",
                "package": "messaging",
                "interfaces": ["handler"],
                "target": { "name": component.id },
                "source": { "config": [{ "name": format!("{}-events", component.id), "properties": properties }] },
            },
        }));
    }
    Ok(links)
}

/// Images are named by it, since a lattice loads no image of a known name again.
fn version(manifest: &Manifest) -> Result<&str> {
    manifest.version.as_deref().context("spin.toml gives the application no version")
}

/// The components that this one may call.
fn calls<'a>(manifest: &'a Manifest, component: &'a Component) -> impl Iterator<Item = &'a String> {
    manifest.components.keys().filter(|id| component.allowed_outbound_hosts.allows_component(id))
}

/// A configuration that `lyceum-lattice configure` puts on the lattice.
fn named(manifest: &Manifest, name: &str) -> Value {
    json!({ "name": format!("{}-{name}", manifest.name) })
}

/// As many instances in all, evenly over the zones.
fn spread(instances: usize) -> Value {
    let spread: Vec<_> = ZONES.iter().map(|zone| in_zone(zone)).collect();
    json!({ "type": "spreadscaler", "properties": { "instances": instances, "spread": spread } })
}

fn in_zone(zone: &str) -> Value {
    json!({ "name": zone, "weight": 1, "requirements": { "zone": zone } })
}

fn link(namespace: &str, package: &str, interfaces: &[&str], target: &str, config: &[Value]) -> Value {
    json!({
        "type": "link",
        "properties": {
            "namespace": namespace,
            "package": package,
            "interfaces": interfaces,
            "target": { "name": target, "config": config },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_of_the_lattice_is_what_spin_toml_says() {
        let workspace = Workspace::find().unwrap();
        let written = std::fs::read_to_string(workspace.root.join(FILE)).unwrap();
        assert_eq!(
            written,
            generated(&workspace.manifest().unwrap()).unwrap(),
            "run `cargo xtask manifests`"
        );
    }
}
