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
    for (share, name) in profile.parts.iter().filter(|(share, _)| *share >= 0.1) {
        writeln!(text, "| {name} | {share:.1} % |")?;
    }
    writeln!(text, "\n| the host's own functions | share |\n|---|--:|")?;
    for (share, name) in &profile.functions {
        writeln!(text, "| `{}` | {share:.1} % |", name.trim_start_matches("[.] ").replace('|', "\\|"))?;
    }
    Ok(())
}
