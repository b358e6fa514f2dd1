//! The figures with real servers.

use std::fmt::{Error, Write};

use super::tables::beside_embedded;
use crate::bench::scenarios::calls::Calls;
use crate::bench::scenarios::hosts::Hosts;

pub(super) fn write(text: &mut String, hosts: &Hosts, calls: &Calls) -> Result<(), Error> {
    writeln!(text, "## Embedded, and on real servers with one, two and three hosts\n")?;
    writeln!(
        text,
        "PostgreSQL, Redis, NATS JetStream, MongoDB's protocol, S3 and SMTP on this same machine, each syncing \
         what it acknowledges but for Redis. CPU is the hosts' alone.\n"
    )?;
    let parts: [(&str, &[_]); 3] = [
        ("A small JSON answer through the gateway", &hosts.hello),
        ("`GET /api/v1/users/me`", &hosts.reading),
        ("`POST /api/v1/auth/register`", &hosts.registration),
    ];
    beside_embedded(text, parts)?;
    let (p50, p99) = (hosts.latency_p50, hosts.latency_p99);
    writeln!(
        text,
        "From a registration's answer to its profile, by PostgreSQL, NATS and back: p50 {p50:.1} ms, p99 \
         {p99:.1} ms, without other load.\n"
    )?;
    writeln!(text, "## What a call costs\n")?;
    writeln!(
        text,
        "One call after another by one component: the time until it is done, and the host's CPU time with what \
         it does in the background for it, both in microseconds.\n"
    )?;
    writeln!(text, "| call | embedded: µs | CPU µs | on servers: µs | CPU µs |\n|---|--:|--:|--:|--:|")?;
    for call in calls {
        let (here, there) = (&call.embedded, &call.on_servers);
        let (title, a, b, c, d) = (call.title, here.time, here.cpu, there.time, there.cpu);
        writeln!(text, "| {title} | {a:.0} | {b:.0} | {c:.0} | {d:.0} |")?;
    }
    Ok(())
}
