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

/// The crate that is copied.
const TEMPLATE: &str = "xtask/template/rooms";
/// Its folder in the end-to-end suite, and where it comes to.
const SCENARIOS: &str = "xtask/template/suite";
const SUITE: &str = "tests/end-to-end/tests/suite";
const COVERAGE: &str = "docs/coverage.md";
/// What the suites hold the API and the components against; the template's own parts are in files of its name.
const GOLDEN: &str = "tests/golden";
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
    let own = format!("lyceum-{name}");
    run_command(cargo().current_dir(&root).args([
        "fmt",
        "--package",
        &own,
        "--package",
        "lyceum-end-to-end",
    ]))?;
    step(format_args!("there is a service {name}; what is left is yours:"));
    eprintln!("{}", name.rename(LEFT));
    Ok(ExitCode::SUCCESS)
}

/// What nobody can write for a person, in the template's words.
const LEFT: &str = "    cargo xtask test --tier fast service    runs its tests
    components/kit/src/permission.rs        who but administrators may room:create, room:update, room:delete;
    tests/end-to-end/tests/suite/rooms/     its access.toml says so once more; scenarios
    docs/coverage.md                        a row for each further route and rule, with its test
    cargo xtask manifests                   the lattice's manifest
    LYCEUM_BLESS=1 cargo xtask test         writes what the suites hold the API and the component against, once you changed it";

/// Writes a service of this name into the source tree at this root, and answers which files it wrote or changed. An
/// error if the name can't be used, if there is anything of it already, or if a file can't be written.
pub fn write(root: &Path, name: &str, singular: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
    copy(root, &Name::new(name, singular)?)
}

fn copy(root: &Path, name: &Name) -> anyhow::Result<Vec<PathBuf>> {
    let read =
        |file: &str| std::fs::read_to_string(root.join(file)).with_context(|| format!("can't read {file}"));
    let copies = [("components", TEMPLATE), (SUITE, SCENARIOS)];
    let copies = copies
        .map(|(into, template)| anyhow::Ok((Path::new(into), files(&root.join(template), Path::new(""))?)));
    let copies = copies.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let sources = copies.iter().flat_map(|(_, files)| files).map(|(_, text)| text.as_str());
    name.differs_from(sources.chain([read(PRELUDE)?.as_str()]))?;
    let main = format!("{SUITE}/main.rs");
    let (api, imports) = (format!("{GOLDEN}/openapi.json"), format!("{GOLDEN}/components/{name}.wit"));
    let (api_of_rooms, of_rooms) = (format!("{GOLDEN}/rooms.json"), format!("{GOLDEN}/components/rooms.wit"));
    let changed = [
        (&*api, edits::api(&read(&api)?, &read(&api_of_rooms)?, name)?),
        (&imports, read(&of_rooms)?),
        ("Cargo.toml", edits::member(&read("Cargo.toml")?, name)?),
        ("spin.toml", edits::application(&read("spin.toml")?, name)?),
        (&main, edits::suite(&read(&main)?, name)?),
        (COVERAGE, edits::coverage(&read(COVERAGE)?, name)?),
    ];
    for (into, _) in &copies {
        let folder = into.join(name.plural());
        if root.join(&folder).exists() {
            bail!("{} exists already", folder.display());
        }
    }
    let mut written = Vec::new();
    for (into, files) in copies {
        // Under another name until it is whole.
        let unfinished = root.join(into).join(format!(".{name}.new"));
        let folder = into.join(name.plural());
        for (path, text) in files {
            let path = name.rename(&path);
            put(&unfinished.join(&path), &name.rename(&text))?;
            written.push(folder.join(path));
        }
        std::fs::rename(&unfinished, root.join(&folder))
            .with_context(|| format!("can't make the folder {}", folder.display()))?;
    }
    for (file, text) in changed {
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
