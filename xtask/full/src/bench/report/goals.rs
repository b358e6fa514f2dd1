//! What was to be reached, and whether it was.

use std::fmt::{Error, Write};

use crate::bench::Measured;

/// Requests a second of reading, beside the native server's, at least.
const SHARE_OF_NATIVE: f64 = 0.5;
/// Milliseconds.
const P99_AT_HALF: f64 = 10.0;
/// Microseconds of CPU.
const HOP: f64 = 40.0;
/// Microseconds of CPU; "about 20".
const FRESH: f64 = 25.0;
/// Seconds.
const WARM: f64 = 2.0;
/// MiB.
const IDLE: f64 = 150.0;
const EVENTS_PER_SECOND: f64 = 2_000.0;

pub(super) fn write(text: &mut String, measured: &Measured) -> Result<(), Error> {
    let Measured { start, answers, read, events, .. } = measured;
    let share = |native: f64| read.lyceum.requests_per_second() / native;
    let (plain, caching) =
        (share(read.native.requests_per_second()), share(read.native_caching.requests_per_second()));
    let p99 = read.lyceum.half_p99().unwrap_or(f64::INFINITY);
    let hop = answers.relayed.cpu_us() - answers.reused.cpu_us();
    let fresh = fresh(measured);
    let rows = [
        (
            "Reading: at least half the requests/s of the native server",
            format!("{plain:.2} of it, {caching:.2} of the one that remembers tokens"),
            caching >= SHARE_OF_NATIVE,
        ),
        ("Reading at half load: p99 under 10 ms", format!("{p99:.1} ms"), p99 < P99_AT_HALF),
        ("A hop between components: under 40 µs CPU", format!("{hop:.0} µs"), hop < HOP),
        (
            "A fresh instance: about 20 µs CPU",
            format!("{fresh:.0} µs, the service's own first steps among them"),
            fresh < FRESH,
        ),
        ("Start with compiled components: under 2 s", format!("{:.2} s", start.warm), start.warm < WARM),
        (
            "Memory without work: under 150 MiB",
            format!("{:.0} MiB resident", start.idle.resident),
            start.idle.resident < IDLE,
        ),
        (
            "Events, each handled in a durable commit: 2,000/s",
            format!("{:.0}/s beside the registrations that cause them", events.handled_per_second),
            events.handled_per_second >= EVENTS_PER_SECOND,
        ),
    ];
    writeln!(text, "## Goals\n\n| goal | measured | |\n|---|---|---|")?;
    for (goal, figure, is_met) in rows {
        writeln!(text, "| {goal} | {figure} | {} |", if is_met { "met" } else { "**not met**" })?;
    }
    writeln!(text)
}

/// Microseconds of CPU for an instance that has served nothing yet; one in 128 of the others is new too.
pub(super) fn fresh(measured: &Measured) -> f64 {
    let answers = &measured.answers;
    (answers.fresh.cpu_us() - answers.reused.cpu_us()) * 128.0 / 127.0
}
