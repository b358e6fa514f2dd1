//! What one part promises another, as files: a change of a promise shows as a change of a file.
//!
//! `LYCEUM_BLESS=1` writes the files anew. (`/openapi.json` is held against its own by the suite.)
#![forbid(unsafe_code)]

use std::path::Path;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Manifest, workspace};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve, WorldId};

#[test]
fn our_interfaces_are_what_they_were() -> Result<()> {
    let mut resolve = Resolve::default();
    resolve.push_dir(workspace().join("wit")).context("read wit/")?;
    for (id, package) in resolve.packages.iter().filter(|(_, package)| package.name.namespace == "lyceum") {
        golden(&format!("wit/{}.wit", package.name.name), &print(&resolve, id)?)?;
    }
    Ok(())
}

/// A component's imports say what it can do: one more of them is a decision.
#[test]
fn components_import_and_export_what_they_did() -> Result<()> {
    let mut ids = Manifest::of_repository()?.component_ids()?;
    // What new services are copied from, and this file with them.
    ids.push("rooms".to_owned());
    for id in ids {
        let file = workspace().join(format!("build/{id}.wasm"));
        let bytes = std::fs::read(&file).with_context(|| format!("read {}", file.display()))?;
        let DecodedWasm::Component(mut resolve, world) = wit_component::decode(&bytes)? else {
            anyhow::bail!("{id} is no component");
        };
        sort(&mut resolve, world)?;
        let package = resolve.worlds.get(world).and_then(|world| world.package).context("a package")?;
        let text = print(&resolve, package)?;
        ensure!(
            !text.contains("wasi:sockets") && !text.contains("wasi:filesystem"),
            "{id} wants the system:\n{text}"
        );
        golden(&format!("components/{id}.wit"), &text)?;
    }
    Ok(())
}

/// Orders what a world imports and exports: how the linker found them says nothing.
fn sort(resolve: &mut Resolve, world: WorldId) -> Result<()> {
    let names = resolve.clone();
    let world = resolve.worlds.get_mut(world).context("the component's world")?;
    world.imports.sort_by(|one, _, other, _| names.name_world_key(one).cmp(&names.name_world_key(other)));
    world.exports.sort_by(|one, _, other, _| names.name_world_key(one).cmp(&names.name_world_key(other)));
    Ok(())
}

fn print(resolve: &Resolve, package: PackageId) -> Result<String> {
    let mut printer = WitPrinter::default();
    printer.emit_docs(false).print(resolve, package, &[])?;
    Ok(printer.output.to_string())
}

/// Compares with the file of that name, or writes it.
fn golden(name: &str, text: &str) -> Result<()> {
    let file = workspace().join("tests/golden").join(name);
    if std::env::var_os("LYCEUM_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(&file, text)?;
    }
    let known = std::fs::read_to_string(&file)
        .with_context(|| format!("read {}; LYCEUM_BLESS=1 writes it", file.display()))?;
    ensure!(known == text, "{name} changed: run with LYCEUM_BLESS=1 and look at the difference");
    Ok(())
}
