//! What a new service changes in files that exist. Comments and order stay as people wrote them.

use std::path::Path;

use anyhow::{Context, bail};
use lyceum_manifest::{Manifest, Report};

use super::name::Name;

/// The workspace's `Cargo.toml` with the service among its members.
pub(super) fn member(cargo: &str, name: &Name) -> anyhow::Result<String> {
    let own = format!("  \"components/{name}\",");
    let (before, rest) = cargo.split_once("members = [\n").context("Cargo.toml has no `members = [`")?;
    let (members, after) = rest.split_once("\n]").context("the members of Cargo.toml have no end")?;
    let mut members: Vec<&str> = members.lines().collect();
    if members.contains(&own.as_str()) {
        bail!("Cargo.toml has a member components/{name} already");
    }
    let place = members.iter().position(|member| *member > own.as_str()).unwrap_or(members.len());
    members.insert(place, &own);
    Ok(format!("{before}members = [\n{}\n]{after}", members.join("\n")))
}

/// The application's manifest with the service in it, which the gateway may call.
pub(super) fn application(manifest: &str, name: &Name) -> anyhow::Result<String> {
    let present = parse(manifest)?;
    if present.components.contains_key(name.plural()) {
        bail!("spin.toml has a component `{name}` already");
    }
    let text = with_trigger(manifest, name).and_then(|text| with_caller(&text, &present.public, name));
    let text = text.context("spin.toml isn't written as expected: add the service by hand")?;
    let text = format!("{}\n{}", text, name.rename(BLOCK));
    parse(&text)?;
    Ok(text)
}

/// The template's own.
const BLOCK: &str = r#"[component.rooms]
description = "Rooms"
source = "build/rooms.wasm"

[component.rooms.tool.lyceum]
trust = "own"
routes = [{ prefix = "/api/v1/rooms" }]
sql = true
publishes = ["lyceum.rooms.RoomAdded.v1"]
"#;

fn parse(text: &str) -> anyhow::Result<Manifest> {
    Ok(Manifest::parse(Path::new("spin.toml"), text).map_err(Report)?)
}

/// After the last of the triggers: components alone call it.
fn with_trigger(text: &str, name: &Name) -> Option<String> {
    let last = text.rfind("[[trigger.http]]")?;
    let end = last + text.get(last..)?.find("\n\n")?;
    let (before, after) = text.split_at_checked(end)?;
    Some(format!("{before}\n\n[[trigger.http]]\nroute = {{ private = true }}\ncomponent = \"{name}\"{after}"))
}

/// At the end of the hosts that the caller may call.
fn with_caller(text: &str, caller: &str, name: &Name) -> Option<String> {
    let block = text.find(&format!("[component.{caller}]\n"))?;
    let hosts = block + text.get(block..)?.find("allowed_outbound_hosts = [\n")?;
    let end = hosts + text.get(hosts..)?.find("\n]")?;
    let (before, after) = text.split_at_checked(end)?;
    Some(format!("{before}\n    \"http://{name}.spin.internal\",{after}"))
}
