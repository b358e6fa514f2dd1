//! Where the time of a read goes.

use std::fmt::{Error, Write};

use crate::bench::scenarios::read::Breakdown;

pub(super) fn write(text: &mut String, breakdown: &Breakdown) -> Result<(), Error> {
    let Breakdown { total, gateway, users, profile } = breakdown;
    let rest = (total - gateway - users).max(0.0);
    writeln!(text, "## Where the time of a read goes\n")?;
    writeln!(
        text,
        "By the components' own clocks, in a run of its own: {total:.0} µs CPU a request, of which \
         {gateway:.0} µs in the gateway's instances, {users:.0} µs in those of users, and {rest:.0} µs \
         outside of them: sockets, HTTP, the mesh, SQLite, the scheduler."
    )?;
    let Some(profile) = profile else {
        return writeln!(text, "\n`perf` could not watch on this machine.");
    };
    writeln!(text, "\nBy `perf`, in the same run:\n\n| where | share |\n|---|--:|")?;
    for (share, name) in profile.objects.iter().take(8) {
        writeln!(text, "| {} | {share:.1} % |", object(name))?;
    }
    writeln!(text, "\n| function | share |\n|---|--:|")?;
    for (share, name) in &profile.functions {
        writeln!(text, "| `{}` | {share:.1} % |", name.replace('|', "\\|"))?;
    }
    Ok(())
}

/// What `perf` calls by an address or a file's name of no meaning.
fn object(name: &str) -> String {
    match name {
        "lyceum" => "the host's own program".into(),
        "[kernel.kallsyms]" => "the kernel".into(),
        "[unknown]" | "[JIT]" | "//anon" => "without a name: compiled components".into(),
        other => format!("`{other}`"),
    }
}
