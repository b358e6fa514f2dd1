//! Lists of few rows and of a million, by the program `lyceum-lists`.

use std::process::Command;

use xtask::process::output;
use xtask::workspace::Workspace;

use super::machine;

/// What is written about them.
pub(super) fn measure(workspace: &Workspace, profile: &str) -> anyhow::Result<String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--package", "lyceum-lists", "--profile", profile, "--", "--folder"]);
    let tables = output(cargo.arg(&workspace.target).current_dir(&workspace.root))?;
    let day = jiff::Zoned::now().strftime("%Y-%m-%d");
    let (machine, load) = (machine::describe()?, machine::load_average()?);
    Ok(format!(
        "Measured on {day} on {machine}.\n\
         `cargo xtask bench --only lists`; each figure is of a page of 50 items, read 500 times by the kit on the \
         database's interface, without HTTP and WebAssembly, in milliseconds on the clock and of the processor (CPU), \
         the server's part included; both lists took turns, and the load average at the end was {load}.\n\n## Lists of few rows and of a million\n{tables}"
    ))
}
