//! The figures.

use std::fmt::{Error, Write};

use super::goals;
use crate::bench::Measured;
use crate::bench::figures::Figures;
use crate::bench::memory::Memory;

pub(super) fn write(text: &mut String, measured: &Measured) -> Result<(), Error> {
    let Measured { start, answers, read, registration, events } = measured;
    writeln!(text, "## A small JSON answer\n")?;
    let all = [
        &answers.native,
        &answers.reused,
        &answers.fresh,
        &answers.relayed,
        &answers.through_gateway,
        &answers.gateway_alone,
    ];
    table(text, "native", &answers.native, &all)?;
    let relayed = answers.relayed.cpu_us() - answers.reused.cpu_us();
    let gateway = answers.through_gateway.cpu_us() - answers.reused.cpu_us();
    writeln!(
        text,
        "\nA fresh instance costs {:.0} µs more than one that is used again. A hop costs {relayed:.0} µs from \
         one component to the next; the way through the gateway costs {gateway:.0} µs more than asking the \
         component at once.\n",
        goals::fresh(measured)
    )?;

    writeln!(text, "## Reading: `GET /api/v1/users/me`\n")?;
    table(text, "native", &read.native, &[&read.native, &read.native_caching, &read.lyceum])?;

    writeln!(text, "\n## Registration: `POST /api/v1/auth/register`\n")?;
    table(text, "native", &registration.native, &[&registration.native, &registration.lyceum])?;
    writeln!(text, "\nWithout the cost of the password's hash, which is by far the greatest:\n")?;
    let without = [&registration.native_without_hash, &registration.lyceum_without_hash];
    table(text, "native", &registration.native_without_hash, &without)?;
    writeln!(text, "\n| registration | syncs of the disk for 1,000 commits |\n|---|--:|")?;
    let [native, lyceum] = without;
    for figures in [&registration.native, &registration.lyceum, native, lyceum] {
        let syncs = figures.batches_per_thousand().unwrap_or_default();
        writeln!(text, "| {} | {syncs:.0} |", figures.title)?;
    }

    writeln!(text, "\n## Events\n\n| | |\n|---|--:|")?;
    let registrations = events.registrations;
    writeln!(text, "| handled/s while {registrations} people register | {:.0} |", events.handled_per_second)?;
    writeln!(text, "| durable commits/s of all services meanwhile | {:.0} |", events.commits_per_second)?;
    writeln!(text, "| on the bus, not handled, at the last answer | {:.0} |", events.waiting_at_end)?;
    writeln!(text, "| caught up after that | {:.2} s |", events.caught_up_in)?;
    writeln!(text, "| from a registration's answer to its profile, p50 | {:.1} ms |", events.latency_p50)?;
    writeln!(text, "| the same, p99 | {:.1} ms |", events.latency_p99)?;

    writeln!(text, "\n## Start and memory\n\n| | |\n|---|--:|")?;
    writeln!(text, "| first start, everything compiled, until the first answer | {:.2} s |", start.cold)?;
    writeln!(text, "| next start | {:.2} s |", start.warm)?;
    writeln!(text, "| start after `kill -9` under load | {:.2} s |", start.after_kill)?;
    memory(text, "after a start", start.idle)?;
    memory(text, "after the load of reading", read.memory_after)?;
    writeln!(text)
}

fn memory(text: &mut String, when: &str, memory: Memory) -> Result<(), Error> {
    let Memory { resident, proportional, anonymous } = memory;
    writeln!(text, "| memory {when}: resident | {resident:.0} MiB |")?;
    writeln!(text, "| memory {when}: its share (PSS) | {proportional:.0} MiB |")?;
    writeln!(text, "| memory {when}: not from files | {anonymous:.0} MiB |")
}

/// A table for each title, in which the first of its figures, the embedded ones, are the baseline.
pub(super) fn beside_embedded(text: &mut String, parts: [(&str, &[Figures]); 3]) -> Result<(), Error> {
    for (title, figures) in parts {
        let Some(baseline) = figures.first() else { continue };
        writeln!(text, "{title}:\n")?;
        table(text, "embedded", baseline, &figures.iter().collect::<Vec<_>>())?;
        writeln!(text)?;
    }
    Ok(())
}

/// A row for each read of the native server and of Lyceum.
pub(super) fn beside_native<'f>(
    text: &mut String,
    pairs: impl Iterator<Item = (&'f Figures, &'f Figures)>,
) -> Result<(), Error> {
    writeln!(
        text,
        "| | native: requests/s | Lyceum | beside it | native: p99 at half | Lyceum | native: CPU µs | Lyceum |"
    )?;
    writeln!(text, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
    for (native, own) in pairs {
        let (rate, own_rate) = (native.requests_per_second(), own.requests_per_second());
        let p99 =
            |figures: &Figures| figures.half_p99().map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}"));
        writeln!(
            text,
            "| {} | {rate:.0} | {own_rate:.0} | {:.2} | {} | {} | {:.0} | {:.0} |",
            own.title,
            own_rate / rate,
            p99(native),
            p99(own),
            native.cpu_us(),
            own.cpu_us(),
        )?;
    }
    Ok(())
}

/// `beside` says in a word what the baseline is.
pub(super) fn table(
    text: &mut String,
    beside: &str,
    baseline: &Figures,
    all: &[&Figures],
) -> Result<(), Error> {
    writeln!(
        text,
        "| | requests/s | beside {beside} | p50 ms | p99 ms | p50 at half | p99 at half | CPU µs | bytes |"
    )?;
    writeln!(text, "|---|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    for figures in all {
        let rate = figures.requests_per_second();
        let milliseconds =
            |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        writeln!(
            text,
            "| {} | {rate:.0} | {:.2} | {:.2} | {:.2} | {} | {} | {:.0} | {:.0} |",
            figures.title,
            rate / baseline.requests_per_second(),
            figures.p50(),
            figures.p99(),
            milliseconds(figures.half_p50()),
            milliseconds(figures.half_p99()),
            figures.cpu_us(),
            figures.response_bytes(),
        )?;
    }
    Ok(())
}
