//! The figures of lattices.

use std::fmt::{Error, Write};

use super::tables::beside_embedded;
use crate::bench::scenarios::lattice::OnLattice;

pub(super) fn write(text: &mut String, lattice: &OnLattice) -> Result<(), Error> {
    writeln!(text, "## Embedded, on real servers, and on a lattice of one, two and three hosts\n")?;
    writeln!(
        text,
        "The servers and all hosts are on this same machine; requests come in on one host, and NATS spreads the work over \
         all of them. CPU is that of hosts and providers, not of servers. p50 and p99 are under full load.\n"
    )?;
    let parts: [(&str, &[_]); 3] = [
        ("A small JSON answer through the gateway", &lattice.hello),
        ("`GET /api/v1/users/me`", &lattice.reading),
        ("`POST /api/v1/auth/register`", &lattice.registration),
    ];
    beside_embedded(text, parts)?;
    let through = lattice.hello.iter().find(|figures| figures.title == "lattice, one host");
    if let Some(through) = through {
        let (all, straight) = (through.cpu_us(), lattice.straight.cpu_us());
        writeln!(
            text,
            "On a lattice of one host the same small answer costs {straight:.0} µs of CPU without the gateway \
             ({:.0} requests/s) and {all:.0} µs through it: two hops more, from the listener's process to the \
             gateway's host and from there through the mesh's process, {:.0} µs each.\n",
            lattice.straight.requests_per_second(),
            (all - straight) / 2.0
        )?;
    }
    writeln!(text, "What a call of a capability costs there, as in the table above, in microseconds:\n")?;
    writeln!(text, "| call | on a lattice of one host: µs | CPU µs |\n|---|--:|--:|")?;
    for (title, cost) in &lattice.calls {
        writeln!(text, "| {title} | {:.0} | {:.0} |", cost.time, cost.cpu)?;
    }
    Ok(())
}
