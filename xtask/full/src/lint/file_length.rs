//! No source file is so long that one can't take it in.

use anyhow::{Context, bail};

use super::sources;
use xtask::workspace::Workspace;

/// Lines that a file may have; half of that is better.
const MAX_LINES: usize = 400;

/// Refuses files that are too long.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let mut long = Vec::new();
    for file in sources::below(&workspace.root, "rs")? {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
        let lines = text.lines().count();
        if lines > MAX_LINES {
            let name = file.strip_prefix(&workspace.root).unwrap_or(&file);
            long.push(format!("{}: {lines} lines", name.display()));
        }
    }
    if !long.is_empty() {
        bail!("no file may have more than {MAX_LINES} lines:\n{}", long.join("\n"));
    }
    Ok(())
}
