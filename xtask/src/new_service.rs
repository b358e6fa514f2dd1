//! `cargo xtask new service NAME`: a service that compiles, passes its tests and answers under `/api/v1/NAME`.
//!
//! It is a copy of the crate in `xtask/template`, which is compiled and tested as every other: so what is written can't
//! fall behind the kit. Nothing that exists is written over, and nothing at all is written unless all of it fits.

mod edits;
mod name;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use self::name::Name;
use crate::process::{cargo, run as run_command, step};
use crate::workspace::Workspace;

/// The crate that is copied, and the folder of its name.
const TEMPLATE: &str = "xtask/template/rooms";
/// Words of the kit that a service uses as they are: those of no service may be the same.
const PRELUDE: &str = "components/kit/src/prelude.rs";

/// What follows `cargo xtask new service`.
#[derive(clap::Args)]
pub struct Options {
    /// What the service keeps, many of them: one word of lower-case letters and digits, such as `authors`
    name: String,
    /// One of them, if it isn't the name without its `s`
    #[arg(long)]
    singular: Option<String>,
}

/// Runs the task.
pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let root = Workspace::find()?.root;
    let name = Name::new(&options.name, options.singular.as_deref())?;
    for file in copy(&root, &name)? {
        eprintln!("    {}", file.display());
    }
    // The order of imports and the width of lines depend on the name.
    run_command(cargo().current_dir(&root).args(["fmt", "--package", &format!("lyceum-{name}")]))?;
    step(format_args!("there is a service {name}; what is left is yours:"));
    eprintln!("{}", name.rename(LEFT));
    Ok(ExitCode::SUCCESS)
}

/// What nobody can write for a person, in the template's words.
const LEFT: &str = "    cargo xtask test --tier fast service    runs its tests
    components/kit/src/permission.rs        who but administrators may room:create, room:update, room:delete
    tests/end-to-end/tests/suite/rooms/     scenarios, and access.toml: who may call its routes
    docs/coverage.md                        a row for each route, with its test
    cargo xtask manifests                   the lattice's manifest
    LYCEUM_BLESS=1 cargo xtask test golden  writes what the suites hold the API and the component against";

/// Writes a service of this name into the source tree at this root, and answers which files it wrote or changed. An
/// error if the name can't be used, if there is anything of it already, or if a file can't be written.
pub fn write(root: &Path, name: &str, singular: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
    copy(root, &Name::new(name, singular)?)
}

fn copy(root: &Path, name: &Name) -> anyhow::Result<Vec<PathBuf>> {
    let read =
        |file: &str| std::fs::read_to_string(root.join(file)).with_context(|| format!("can't read {file}"));
    let files = files(&root.join(TEMPLATE), Path::new(""))?;
    name.differs_from(files.iter().map(|(_, text)| text.as_str()).chain([read(PRELUDE)?.as_str()]))?;
    let workspace = edits::member(&read("Cargo.toml")?, name)?;
    let manifest = edits::application(&read("spin.toml")?, name)?;
    let folder = Path::new("components").join(name.plural());
    let crate_root = root.join(&folder);
    if crate_root.exists() {
        bail!("{} exists already", folder.display());
    }
    // Under another name until it is whole.
    let unfinished = root.join("components").join(format!(".{name}.new"));
    let mut written = Vec::new();
    for (path, text) in files {
        let path = name.rename(&path);
        put(&unfinished.join(&path), &name.rename(&text))?;
        written.push(folder.join(path));
    }
    std::fs::rename(&unfinished, &crate_root)
        .with_context(|| format!("can't make the folder {}", folder.display()))?;
    for (file, text) in [("Cargo.toml", workspace), ("spin.toml", manifest)] {
        put(&root.join(file), &text)?;
        written.push(file.into());
    }
    Ok(written)
}

fn put(file: &Path, text: &str) -> anyhow::Result<()> {
    let folder = file.parent().context("a file without a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    std::fs::write(file, text).with_context(|| format!("can't write {}", file.display()))
}

/// The paths and texts of all files below a folder, sorted.
fn files(folder: &Path, inside: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let here = folder.join(inside);
    let entries = std::fs::read_dir(&here).with_context(|| format!("can't look into {}", here.display()))?;
    let mut names: Vec<_> = entries.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<_>>()?;
    names.sort();
    let mut files = Vec::new();
    for name in names {
        let path = inside.join(name);
        let full = folder.join(&path);
        if full.is_dir() {
            files.extend(self::files(folder, &path)?);
        } else {
            let text =
                std::fs::read_to_string(&full).with_context(|| format!("can't read {}", full.display()))?;
            files.push((path.to_str().context("a file's name is no UTF-8")?.to_owned(), text));
        }
    }
    Ok(files)
}
