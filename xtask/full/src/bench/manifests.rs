//! The manifests that the benchmark starts Lyceum with.

pub(super) mod copies;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

/// One component, which answers by itself or asks a second one.
const HELLO: &str = r#"spin_manifest_version = 2

[application]
name = "hello"
version = "0.1.0"

[[trigger.http]]
route = "/..."
component = "hello"

[[trigger.http]]
route = { private = true }
component = "hello-inside"

[component.hello]
source = "build/bench-hello.wasm"
allowed_outbound_hosts = ["http://hello-inside.spin.internal"]

[component.hello.tool.lyceum]
trust = "own"
identity = "issuer"

[component.hello-inside]
source = "build/bench-hello-inside.wasm"

[component.hello-inside.tool.lyceum]
trust = "own"
"#;

/// Added to the application: one more component, behind the gateway.
const HELLO_INSIDE: &str = r#"
[[trigger.http]]
route = { private = true }
component = "hello-inside"

[component.hello-inside]
source = "build/bench-hello-inside.wasm"

[component.hello-inside.tool.lyceum]
trust = "own"
routes = [{ prefix = "/hello" }]
"#;

/// One component that calls the host.
const CALLS: &str = r#"spin_manifest_version = 2

[application]
name = "calls"
version = "0.1.0"

[[trigger.http]]
route = "/..."
component = "calls"

[component.calls]
source = "build/bench-calls.wasm"

[component.calls.tool.lyceum]
trust = "own"
identity = "issuer"
sql = true
documents = true
mail = true
containers = ["things"]
keyvalue.things = { time_to_live = "1h", entries = 1000 }
publishes = ["lyceum.calls.ThingWritten.v1"]
limits = { cpu = "5s" }
"#;

/// Files to start Lyceum with.
pub(super) struct Manifests {
    /// The application itself.
    pub(super) application: PathBuf,
    /// One component, whose instances serve 128 requests each.
    pub(super) hello: PathBuf,
    /// The same with an instance for each request.
    pub(super) hello_fresh: PathBuf,
    /// The application with one more component.
    pub(super) application_with_hello: PathBuf,
    /// The application with passwords that cost nothing.
    pub(super) instant_passwords: PathBuf,
    /// One component that calls the host.
    pub(super) calls: PathBuf,
}

impl Manifests {
    /// Writes them into a folder of the benchmark's.
    pub(super) fn write(root: &Path, folder: &Path) -> anyhow::Result<Self> {
        let application = root.join("spin.toml");
        let text = std::fs::read_to_string(&application)
            .with_context(|| format!("can't read {}", application.display()))?;
        let put = |name: &str, text: &str| {
            let file = folder.join(name);
            let text = text.replace("\"build/", &format!("\"{}/build/", root.display()));
            std::fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))?;
            anyhow::Ok(file)
        };
        // The gateway's calls are the one list that is written a line each.
        let calls = "\n    \"http://auth.spin.internal\",";
        let with_hello =
            replace(&text, calls, &format!("{calls}\n    \"http://hello-inside.spin.internal\","))?;
        let instant = replace(&text, "build/passwords.wasm", "build/bench-instant-passwords.wasm")?;
        let own = "trust = \"own\"";
        Ok(Self {
            hello: put("hello.toml", HELLO)?,
            calls: put("calls.toml", CALLS)?,
            hello_fresh: put("hello-fresh.toml", &HELLO.replace(own, &format!("{own}\nreuse = 1")))?,
            application_with_hello: put("with-hello.toml", &(with_hello + HELLO_INSIDE))?,
            instant_passwords: put("instant-passwords.toml", &instant)?,
            application,
        })
    }
}

fn replace(text: &str, from: &str, to: &str) -> anyhow::Result<String> {
    ensure!(text.matches(from).count() == 1, "spin.toml no longer has exactly one `{from}`");
    Ok(text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applications_manifest_still_fits() {
        let folder = tempfile::tempdir().unwrap();
        // Tests run in their package's folder.
        let written = Manifests::write(Path::new("../.."), folder.path()).unwrap();
        for file in
            [&written.application_with_hello, &written.instant_passwords, &written.hello, &written.calls]
        {
            let text = std::fs::read_to_string(file).unwrap();
            lyceum_manifest::Manifest::parse(file, &text).unwrap();
        }
    }
}
