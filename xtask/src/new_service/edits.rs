//! What a new service changes in files that exist. Comments and order stay as people wrote them.

use std::path::Path;

use anyhow::{Context, bail};
use lyceum_manifest::{Manifest, Report};
use serde_json::Value;

use super::name::Name;

/// The workspace's `Cargo.toml` with the service among its members, and among what tests alone run natively.
pub(super) fn member(cargo: &str, name: &Name) -> anyhow::Result<String> {
    let text = with_line(cargo, "members = [", "]", &format!("  \"components/{name}\","))?;
    with_line(&text, "[profile.release.package]", "", &format!("lyceum-{name}.opt-level = 0"))
}

/// `Cargo.toml` with one more line, in its place among those that stand in order between two others; the last may be the end.
fn with_line(cargo: &str, first: &str, last: &str, line: &str) -> anyhow::Result<String> {
    let mut lines: Vec<&str> = cargo.lines().collect();
    let begin = lines.iter().position(|other| *other == first);
    let begin = begin.with_context(|| format!("Cargo.toml has no line `{first}`"))? + 1;
    let all = lines.get(begin..).unwrap_or_default();
    let all = all.get(..all.iter().position(|other| *other == last).unwrap_or(all.len())).unwrap_or_default();
    if all.contains(&line) {
        bail!("Cargo.toml has `{}` already", line.trim());
    }
    let place = begin + all.iter().position(|other| *other > line).unwrap_or(all.len());
    lines.insert(place, line);
    Ok(lines.join("\n") + "\n")
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

/// The suite's `main.rs` with the service's scenarios.
pub(super) fn suite(main: &str, name: &Name) -> anyhow::Result<String> {
    let (module, entry) = (format!("mod {name};"), format!("    (\"{name}\", {name}::scenarios),\n"));
    let mut lines: Vec<&str> = main.lines().collect();
    if lines.contains(&module.as_str()) {
        bail!("the end-to-end suite has a module `{name}` already");
    }
    let wrong = "the end-to-end suite's main.rs isn't written as expected: add the service by hand";
    let is_module = |line: &str| line.starts_with("mod ") && line.ends_with(';');
    let last = lines.iter().rposition(|line| is_module(line)).context(wrong)?;
    let place = lines.iter().position(|line| is_module(line) && *line > module.as_str()).unwrap_or(last + 1);
    lines.insert(place, &module);
    let text = lines.join("\n") + "\n";
    let (before, after) = text.split_once("    (\"platform\", ").context(wrong)?;
    Ok(format!("{before}{entry}    (\"platform\", {after}"))
}

/// The API description that the suite knows with what the template adds to it, in the service's words.
pub(super) fn api(known: &str, of_template: &str, name: &Name) -> anyhow::Result<String> {
    let wrong = "the golden API description isn't written as expected";
    let mut all: Value = serde_json::from_str(known).context(wrong)?;
    let own: Value = serde_json::from_str(&name.rename(of_template)).context(wrong)?;
    for place in ["/paths", "/components/schemas"] {
        let all = all.pointer_mut(place).and_then(Value::as_object_mut).context(wrong)?;
        for (key, value) in own.pointer(place).and_then(Value::as_object).context(wrong)? {
            if all.insert(key.clone(), value.clone()).is_some() {
                bail!("the API has {key} already");
            }
        }
    }
    let tags = all.pointer_mut("/tags").and_then(Value::as_array_mut).context(wrong)?;
    tags.extend(own.pointer("/tags").and_then(Value::as_array).context(wrong)?.clone());
    // The gateway's own comes first, and then the services' by name.
    if let [_, services @ ..] = tags.as_mut_slice() {
        services.sort_by_key(|tag| tag.get("name").map(Value::to_string));
    }
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

/// `docs/coverage.md` with the service's routes, behind the other services.
pub(super) fn coverage(text: &str, name: &Name) -> anyhow::Result<String> {
    const NEXT: &str = "\n## What the contract of the learning platform names\n";
    let (before, after) = text.split_once(NEXT).context("docs/coverage.md isn't written as expected")?;
    if before.contains(&format!("\n### {name}\n")) {
        bail!("docs/coverage.md has a part about `{name}` already");
    }
    Ok(format!("{before}\n{}{NEXT}{after}", name.rename(ROWS)))
}

const ROWS: &str = "### rooms

| responsibility | shown by |
|---|---|
| POST `/api/v1/rooms` — `room:create` | `components/rooms/tests/service.rs::what_is_added_with_one_key_twice_is_there_and_published_once` |
| GET `/api/v1/rooms` — signed in; search, orders, pages | `components/rooms/tests/service.rs::the_list_is_sorted_searched_and_paged` |
| GET `/api/v1/rooms/{id}` — signed in | `tests/end-to-end/tests/suite/rooms/keeping.rs::admins_keep_what_everybody_finds` |
| PATCH `/api/v1/rooms/{id}` — `room:update` | `components/rooms/tests/service.rs::a_change_needs_the_state_it_is_meant_for` |
| DELETE `/api/v1/rooms/{id}` — `room:delete` | `components/rooms/tests/service.rs::a_change_needs_the_state_it_is_meant_for` |
| A name is there once | `components/rooms/tests/service.rs::a_name_is_there_once` |
";

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
