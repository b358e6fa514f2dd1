//! From an empty generation to the live tables.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use lyceum_manifest::{Component as Declared, ERASURE, Mode, Subscription};
use lyceum_runtime::{Component, EventHandler};
use lyceum_sql::Error;
use lyceum_sql::rebuild::{Generation, Table};

use super::live::Live;
use super::replay::{Consumers, Replay};
use super::{Choices, Rebuilt};
use crate::event_log::Log;

/// Where the kit notes whose data was erased. Erasures fill it, and it is no read model.
const ERASED: &str = "erased_people";
/// So few events may be left when writers begin to wait.
const FEW: i64 = 100;
/// Attempts to get there. More is of no use: they come faster than they are delivered.
const ROUNDS: u32 = 100;
/// How often the live tables are tried to be held, and for how long each time.
const HOLDS: u32 = 10;
const PATIENCE: Duration = Duration::from_secs(2);
/// Until the live consumer may have caught up.
const AGAIN: Duration = Duration::from_millis(500);
/// How often rows that no event makes are looked at again.
const LOOKS: u32 = 4;

/// Fills the generation with what the log makes, and puts it in the place of the live rows.
pub(super) async fn fill(
    generation: &mut Generation,
    component: Component,
    declared: &Declared,
    log: &Log,
    choices: Choices,
    mut progress: impl FnMut(i64, i64),
) -> Result<Rebuilt> {
    let mut tables = Vec::with_capacity(declared.read_models.len());
    for name in &declared.read_models {
        tables.push(generation.table(name).await?);
    }
    let before = generation.filled().await?;
    let at_once = component.limits().message_concurrency.max(1);
    let handler = EventHandler::new(Arc::new(component));
    let mut replay = Replay::new(log, &handler, consumers(declared), at_once);
    for round in 0.. {
        let head = log.last_position().await?;
        if round > 0 && head - replay.position() <= FEW {
            break;
        }
        if round > ROUNDS {
            bail!("events come faster than they can be delivered anew; nothing was changed");
        }
        tokio::select! {
            caught_up = replay.catch_up(head, &mut progress) => caught_up?,
            _ = tokio::signal::ctrl_c() => bail!("interrupted; nothing was changed"),
        }
    }
    nothing_else_was_filled(&before, &generation.filled().await?, &tables, &declared.id)?;
    let left_out_so_far = left_out(&replay, log, choices).await?;
    if choices.dry_run {
        let tables = generation.differences(&tables).await?;
        return Ok(Rebuilt { events: replay.delivered(), left_out: left_out_so_far, tables, held: None });
    }
    let mut look = 0;
    loop {
        look += 1;
        hold(generation, &tables).await?;
        let began = Instant::now();
        replay.catch_up(log.last_position().await?, &mut progress).await?;
        let left_out = left_out(&replay, log, choices).await?;
        let differences = generation.replace(&tables).await?;
        let removed: Vec<_> = differences.iter().filter(|found| found.removed > 0).collect();
        if removed.is_empty() || choices.remove_rows {
            generation.commit().await?;
            let held = Some(began.elapsed());
            return Ok(Rebuilt { events: replay.delivered(), left_out, tables: differences, held });
        }
        generation.let_go().await?;
        if look == LOOKS {
            let rows: Vec<_> =
                removed.iter().map(|found| format!("{} rows of {}", found.removed, found.table)).collect();
            bail!(
                "no event of the log makes {}; nothing was changed. Look at them: say --remove-rows if they may go, or \
                 take the tables that the service's own commands write to out of its `read_models`",
                rows.join(" and ")
            );
        }
        // The live consumer may not have come as far as the log, and remove them itself.
        tokio::time::sleep(AGAIN).await;
    }
}

/// What is delivered as which consumer.
fn consumers(declared: &Declared) -> Consumers {
    let projected = declared.subscriptions.iter().filter(|wanted| wanted.mode == Mode::Projection);
    let mut consumers: Consumers =
        projected.map(|wanted| (wanted.kind.clone(), format!("{}/projection", declared.id).into())).collect();
    // Who was erased must not come back, although the log still tells of them.
    let erases = |wanted: &Subscription| wanted.kind == ERASURE && wanted.mode == Mode::Reaction;
    if declared.subscriptions.iter().any(erases) {
        consumers.insert(ERASURE.to_owned(), format!("{}/reaction", declared.id).into());
    }
    consumers
}

/// A table that events fill but that isn't named would stay as it is, and not fit those that are.
fn nothing_else_was_filled(
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
    tables: &[Table],
    service: &str,
) -> Result<()> {
    let is_named = |name: &str| name == ERASED || tables.iter().any(|table| table.name() == name);
    let others: Vec<_> = after
        .iter()
        .filter(|(name, rows)| !is_named(name) && before.get(*name) != Some(*rows))
        .map(|(name, _)| name.as_str())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    bail!(
        "events also fill {}, which the manifest doesn't name among the `read_models` of {service}; nothing was changed",
        others.join(", ")
    )
}

/// The events that could not be handled. Those that the live consumer could not handle either have had no effect there.
async fn left_out(replay: &Replay<'_>, log: &Log, choices: Choices) -> Result<Vec<String>> {
    let mut left_out = Vec::new();
    let mut lacking = Vec::new();
    let failures = replay.failures();
    if failures.is_empty() {
        return Ok(left_out);
    }
    let live = Live::read(log).await?;
    for failure in failures {
        let handled = live.has_handled(&failure.consumer, &failure.record);
        if handled && !choices.leave_out_failing {
            lacking.push(failure.to_string());
        }
        left_out.push(failure.to_string());
    }
    if lacking.is_empty() {
        return Ok(left_out);
    }
    let first: Vec<_> = lacking.iter().take(5).map(String::as_str).collect();
    bail!(
        "{} events that were handled before can't be handled now, so nothing was changed: {}. Say --leave-out-failing to do \
         without them",
        lacking.len(),
        first.join("; ")
    )
}

async fn hold(generation: &mut Generation, tables: &[Table]) -> Result<()> {
    for _ in 0..HOLDS {
        match generation.hold(tables, PATIENCE).await {
            Err(Error::Conflict) => {}
            held => return held.context("hold the live tables"),
        }
    }
    bail!("others write to the live tables without a pause; nothing was changed")
}
