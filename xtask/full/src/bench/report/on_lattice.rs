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
    let [alone, relayed] = &lattice.hop;
    writeln!(
        text,
        "Two components on a lattice of one host, without a gateway: a small answer by itself costs {:.0} µs of CPU \
         ({:.0} requests/s), and {:.0} µs ({:.0} requests/s) if the component asks the second one for it: {:.0} µs for \
         the way through the mesh's process and back. The p50 under full load is {:.2} and {:.2} ms.\n",
        alone.cpu_us(),
        alone.requests_per_second(),
        relayed.cpu_us(),
        relayed.requests_per_second(),
        relayed.cpu_us() - alone.cpu_us(),
        alone.p50(),
        relayed.p50(),
    )?;
    writeln!(
        text,
        "What a call of a capability takes until it is done, and CPU time for it, as in the table above, in microseconds; \
         the host without a lattice is on the same servers:\n"
    )?;
    writeln!(text, "| call | one host with servers: µs | CPU µs | lattice of one host: µs | CPU µs |")?;
    writeln!(text, "|---|--:|--:|--:|--:|")?;
    for call in &lattice.calls {
        let (here, there) = (&call.on_servers, &call.on_lattice);
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.0} | {:.0} |",
            call.title, here.time, here.cpu, there.time, there.cpu
        )?;
    }
    Ok(())
}
