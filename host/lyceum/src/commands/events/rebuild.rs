//! `lyceum events rebuild`: the read models of a service, made anew from the log.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use lyceum_console::{remark, show};
use lyceum_sql::rebuild::Difference;
use serde_json::{Value, json};

use crate::rebuild::{Choices, Rebuilt, rebuild};
use crate::settings::Where;

/// Between two lines about the progress.
const OFTEN: Duration = Duration::from_secs(1);

/// Whose, and how.
#[derive(Args)]
pub(super) struct Options {
    /// The service, such as users
    service: String,
    /// Only say how the tables differ from what the log makes of them
    #[arg(long)]
    dry_run: bool,
    /// Also remove rows that no event of the log makes. They are damage, unless something else than the service's projections
    /// wrote them
    #[arg(long)]
    remove_rows: bool,
    /// Leave events out that the service can't handle now, although it has handled them before
    #[arg(long)]
    leave_out_failing: bool,
}

pub(super) async fn run(options: &Options, manifest: PathBuf, data: PathBuf, as_json: bool) -> Result<()> {
    #[cfg(feature = "failpoints")]
    crate::failpoints::arm()?;
    // No host is started, so nobody else has to promise anything.
    let cache = std::env::var_os("LYCEUM_CACHE").map(PathBuf::from);
    let place = Where { manifest, data, cache, single_host: true };
    let choices = Choices {
        dry_run: options.dry_run,
        remove_rows: options.remove_rows,
        leave_out_failing: options.leave_out_failing,
    };
    let mut told = Instant::now();
    let rebuilt = rebuild(&place, &options.service, choices, |position, head| {
        if told.elapsed() >= OFTEN {
            told = Instant::now();
            remark(format!("{position} of {head} events"));
        }
    })
    .await?;
    if as_json {
        return Ok(show(object(&options.service, &rebuilt))?);
    }
    let Rebuilt { events, left_out, tables, held } = rebuilt;
    for Difference { table, rows, written, removed } in &tables {
        let would = if options.dry_run { "would be " } else { "" };
        show(format!("{table}: {rows} rows, {written} {would}written, {removed} removed"))?;
    }
    for event in &left_out {
        remark(format!("left out: {event}"));
    }
    show(match held {
        None => {
            format!("{}: compared with {events} events of the log; nothing was changed.", options.service)
        }
        Some(held) => format!(
            "The read models of {} are those that {events} events of the log make; writers waited for {} ms.",
            options.service,
            held.as_millis()
        ),
    })?;
    Ok(())
}

/// What was done: `held_ms` is null if nothing was changed.
fn object(service: &str, rebuilt: &Rebuilt) -> Value {
    let table = |Difference { table, rows, written, removed }: &Difference| json!({"table": table, "rows": rows, "written": written, "removed": removed});
    json!({
        "service": service,
        "events": rebuilt.events,
        "left_out": rebuilt.left_out,
        "tables": rebuilt.tables.iter().map(table).collect::<Vec<_>>(),
        "held_ms": rebuilt.held.map(|held| u64::try_from(held.as_millis()).unwrap_or(u64::MAX)),
    })
}
