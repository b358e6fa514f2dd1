//! An application of many services: the application, with copies of some of its components under other ids.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

/// Components that can be copied: each has a database of its own, and nobody else expects its events.
const COPIED: [&str; 3] = ["users", "notifications", "files"];
/// Behind whose address a copy's is added, among those that the gateway may call.
const LAST_ALLOWED: &str = "    \"http://files.spin.internal\",\n";

/// A copy of a component.
struct Copy {
    of: &'static str,
    id: String,
}

/// How many components the application has by itself.
pub(in crate::bench) fn present(root: &Path) -> anyhow::Result<usize> {
    let file = root.join("spin.toml");
    let text = std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
    Ok(count(&text))
}

fn count(text: &str) -> usize {
    text.matches("[[trigger.http]]").count()
}

/// Writes the manifest of an application that has so many components, with a file for each of the copies. No two files
/// are the same: they would share their compiled code.
pub(in crate::bench) fn write(root: &Path, folder: &Path, components: usize) -> anyhow::Result<PathBuf> {
    let application = root.join("spin.toml");
    let text = std::fs::read_to_string(&application)
        .with_context(|| format!("can't read {}", application.display()))?;
    let copies = copies(&text, components)?;
    for Copy { of, id } in &copies {
        let source = root.join("build").join(of).with_extension("wasm");
        let mut bytes = std::fs::read(&source).with_context(|| format!("can't read {}", source.display()))?;
        bytes.extend(custom_section(id)?);
        let copy = folder.join(id).with_extension("wasm");
        std::fs::write(&copy, bytes).with_context(|| format!("can't write {}", copy.display()))?;
    }
    let text = manifest(&text, &copies, folder)?;
    let text = text.replace("\"build/", &format!("\"{}/build/", root.display()));
    let file = folder.join(format!("components-{components}.toml"));
    std::fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))?;
    Ok(file)
}

/// What is missing to so many components.
fn copies(text: &str, components: usize) -> anyhow::Result<Vec<Copy>> {
    let missing =
        components.checked_sub(count(text)).context("the application has more components already")?;
    let copy = |number: usize| {
        let of = *COPIED.get(number % COPIED.len())?;
        let letter = ('b'..='z').nth(number / COPIED.len())?;
        Some(Copy { of, id: format!("{of}-{letter}") })
    };
    (0..missing).map(|number| copy(number).context("so many copies have no name")).collect()
}

/// The application's manifest with its copies, whose files are in a folder.
fn manifest(text: &str, copies: &[Copy], folder: &Path) -> anyhow::Result<String> {
    let mut allowed = LAST_ALLOWED.to_owned();
    let mut more = String::new();
    for Copy { of, id } in copies {
        writeln!(allowed, "    \"http://{id}.spin.internal\",")?;
        let block = block(text, of)
            .with_context(|| format!("spin.toml has no component {of}"))?
            .replace(&format!("[component.{of}"), &format!("[component.{id}"))
            .replace(&format!("\"build/{of}.wasm\""), &format!("\"{}/{id}.wasm\"", folder.display()))
            .replace(&format!("/api/v1/{of}"), &format!("/api/v1/{id}"))
            .replace(&format!("lyceum.{of}."), &format!("lyceum.{id}."));
        // Other paths than those below its name would be the original's.
        let own = format!("\"/api/v1/{id}");
        let shared = |line: &&str| line.contains("\"/api/v1/") && !line.contains(&own);
        let block: String = block.split_inclusive('\n').filter(|line| !shared(line)).collect();
        write!(more, "\n[[trigger.http]]\nroute = {{ private = true }}\ncomponent = \"{id}\"\n\n{block}")?;
    }
    ensure!(
        text.matches(LAST_ALLOWED).count() == 1,
        "spin.toml no longer has `{}` once",
        LAST_ALLOWED.trim()
    );
    Ok(text.replace(LAST_ALLOWED, &allowed) + &more)
}

/// All tables of a component, which stand together.
fn block<'a>(text: &'a str, id: &str) -> Option<&'a str> {
    let start = text.find(&format!("[component.{id}]\n"))?;
    let rest = text.get(start..)?;
    let own = [format!("[component.{id}]"), format!("[component.{id}.")];
    let mut end = rest.len();
    for (position, _) in rest.match_indices("\n[") {
        let table = rest.get(position + 1..)?;
        if !own.iter().any(|own| table.starts_with(own.as_str())) {
            end = position;
            break;
        }
    }
    rest.get(..end).map(str::trim_end).and_then(|block| rest.get(..block.len() + 1))
}

/// A section of WebAssembly's binary format that means nothing to anybody.
fn custom_section(name: &str) -> anyhow::Result<Vec<u8>> {
    let length = u8::try_from(name.len()).ok().filter(|length| *length < 126);
    let length = length.context("the name needs more than one byte for its length")?;
    Ok([&[0, length + 1, length], name.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_has_so_many_components_that_are_what_they_copy() {
        // Tests run in their package's folder.
        let text = std::fs::read_to_string("../../spin.toml").unwrap();
        let components = count(&text) + 4;
        let copies = copies(&text, components).unwrap();
        let written = manifest(&text, &copies, Path::new("/copies")).unwrap();
        let parsed = lyceum_manifest::Manifest::parse(Path::new("spin.toml"), &written).unwrap();
        assert_eq!(parsed.components.len(), components);
        let copy = &parsed.components["files-b"];
        assert!(copy.sql && copy.source == Path::new("/copies/files-b.wasm"), "{copy:?}");
        assert!(copy.publishes.contains("lyceum.files-b.FileDeleted.v1"), "{copy:?}");
    }

    #[test]
    fn a_section_says_how_long_it_is() {
        assert_eq!(custom_section("ab").unwrap(), [0, 3, 2, b'a', b'b']);
        assert!(custom_section(&"a".repeat(126)).is_err());
    }
}
