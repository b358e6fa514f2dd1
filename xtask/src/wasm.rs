//! A Rust toolchain that builds components, installed when it is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use crate::process::{cargo, output, run, step};
use crate::tools;
use crate::workspace::Workspace;

/// What components are built for.
pub const TARGET: &str = "wasm32-wasip2";

/// How components are built on this machine.
pub enum Toolchain {
    /// The toolchain in use has the target's standard library.
    Usual,
    /// Debian's Rust for the web, where rustup can't be had. It has no standard library for the target,
    /// so that is built along.
    Debian {
        /// Holds `wasm-component-ld` and a `wasm-ld`.
        linkers: PathBuf,
    },
}

const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22", "wasi-libc"];
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";

impl Toolchain {
    /// Finds the toolchain, or installs it and says so.
    pub fn ready() -> anyhow::Result<Self> {
        if usual_has_target()? {
            return Ok(Self::Usual);
        }
        step(format_args!("the target {TARGET} is missing; asking rustup for it"));
        match run(Command::new("rustup").args(["target", "add", TARGET])) {
            Ok(()) if usual_has_target()? => return Ok(Self::Usual),
            Ok(()) => eprintln!("rustup installed {TARGET} for another toolchain than the one in use"),
            Err(error) => eprintln!("{error:#}"),
        }
        debian()
            .context("components can't be built here: neither rustup nor Debian's packages gave a toolchain")
    }

    /// `cargo build` for components; arguments that name them follow.
    pub fn build(&self, workspace: &Workspace) -> anyhow::Result<Command> {
        let mut command = match self {
            Self::Usual => cargo(),
            Self::Debian { .. } => Command::new("/usr/bin/cargo"),
        };
        command.args(["build", "--profile", "component", "--target", TARGET]);
        if let Self::Debian { linkers } = self {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let paths = std::iter::once(linkers.clone()).chain(std::env::split_paths(&path));
            command
                .args(["-Zbuild-std=std,panic_abort", "--target-dir"])
                .arg(self.target_folder(workspace))
                .env(
                    "PATH",
                    std::env::join_paths(paths).context("a folder on the PATH has a `:` in its name")?,
                )
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTFLAGS", "-L native=/usr/lib/wasm32-wasi")
                .env_remove("RUSTUP_TOOLCHAIN");
        }
        Ok(command)
    }

    /// Where the components' files appear.
    pub fn built(&self, workspace: &Workspace) -> PathBuf {
        self.target_folder(workspace).join(TARGET).join("component")
    }

    /// Two compilers of different versions would make each other build everything anew.
    fn target_folder(&self, workspace: &Workspace) -> PathBuf {
        match self {
            Self::Usual => workspace.target.clone(),
            Self::Debian { .. } => workspace.target.join("debian-web"),
        }
    }
}

/// Whether the compiler in use has the target's standard library.
fn usual_has_target() -> anyhow::Result<bool> {
    let print = ["--print", "target-libdir", "--target", TARGET];
    let folder = output(Command::new("rustc").args(print))?;
    Ok(Path::new(folder.trim()).is_dir())
}

fn debian() -> anyhow::Result<Toolchain> {
    if !DEBIAN_PACKAGES.iter().all(|package| is_installed(package)) {
        step(format_args!("installing Debian's Rust for the web: {}", DEBIAN_PACKAGES.join(", ")));
        ensure!(Path::new("/usr/bin/apt-get").is_file(), "this is no Debian");
        if output(Command::new("id").arg("-u"))?.trim() != "0" {
            bail!("run as root: apt-get install {}", DEBIAN_PACKAGES.join(" "));
        }
        run(Command::new("apt-get").arg("update"))?;
        run(Command::new("apt-get")
            .args(["install", "-y", "--no-install-recommends"])
            .args(DEBIAN_PACKAGES))?;
    }
    let linkers = tools::WASM_COMPONENT_LD.folder()?.join("bin");
    tools::WASM_COMPONENT_LD.ready()?;
    let link = linkers.join("wasm-ld");
    if !link.exists() {
        std::os::unix::fs::symlink(DEBIAN_LINKER, &link)
            .with_context(|| format!("can't link {} to {DEBIAN_LINKER}", link.display()))?;
    }
    Ok(Toolchain::Debian { linkers })
}

fn is_installed(package: &str) -> bool {
    let query =
        Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]).output();
    query.is_ok_and(|answer| answer.status.success() && answer.stdout == b"installed")
}
