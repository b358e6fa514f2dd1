//! What the older library's clients ask for, on both.

use std::fmt::Write;

use crate::bench::figures::Figures;
use crate::bench::scenarios::monolith::Pair;

/// What was published of the monolith: p95 in milliseconds, with 50 people who pause for a second.
const PUBLISHED: &str = "Published of the monolith, on a laptop with 50 people who each pause for a second: a p95 of 6.93 ms for authors \
                         by name and of 6.98 ms for an author that is added.";
/// How many times the stand-in's requests a second are the goal, at a p95 below its own.
const GOAL: f64 = 5.0;

/// Writes a table of each route.
pub(super) fn write(text: &mut String, pairs: &[Pair]) -> anyhow::Result<()> {
    writeln!(text, "## Beside the monolith\n\n{PUBLISHED}\n")?;
    for Pair { route, stand_in, lyceum } in pairs {
        writeln!(text, "`{route}`\n")?;
        writeln!(text, "| | requests/s | beside it | p50 ms | p95 ms | p99 ms | p95 at half | CPU µs |")?;
        writeln!(text, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
        for figures in [stand_in, lyceum] {
            row(text, figures, stand_in)?;
        }
        let times = lyceum.requests_per_second() / stand_in.requests_per_second();
        let met = if times >= GOAL && lyceum.p95() < stand_in.p95() { "met" } else { "**not met**" };
        writeln!(
            text,
            "\nThe goal, {GOAL:.0} times its rate at a p95 below its own: {met} ({times:.2} times).\n"
        )?;
    }
    Ok(())
}

fn row(text: &mut String, figures: &Figures, beside: &Figures) -> anyhow::Result<()> {
    writeln!(
        text,
        "| {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {} | {:.0} |",
        figures.title,
        figures.requests_per_second(),
        figures.requests_per_second() / beside.requests_per_second(),
        figures.p50(),
        figures.p95(),
        figures.p99(),
        figures.half_p95().map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}")),
        figures.cpu_us(),
    )?;
    Ok(())
}
