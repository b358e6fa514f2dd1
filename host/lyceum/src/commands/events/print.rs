//! What `lyceum events` prints.

use std::time::SystemTime;

use anyhow::{Context, Result};
use lyceum_console::{remark, show};
use lyceum_events::{DeadLetter, EventRecord, Page};
use serde_json::{Value, json};

pub(super) fn events(page: &Page<EventRecord>, as_json: bool) -> Result<()> {
    for record in &page.items {
        let event = &record.event;
        if as_json {
            show(body(record)?)?;
        } else {
            let aggregate = format!("{}/{}", event.aggregate_type, event.aggregate_id);
            show(format!(
                "{}  {}  {:<44}  {aggregate} #{}",
                time(record.published_at),
                event.id,
                event.kind,
                event.sequence
            ))?;
        }
    }
    more(page.next.as_deref());
    Ok(())
}

pub(super) fn dead_letters(page: &Page<DeadLetter>, as_json: bool) -> Result<()> {
    for letter in &page.items {
        if as_json {
            show(of_letter(letter)?)?;
        } else {
            let event = &letter.record.event;
            show(format!(
                "{}  {}  {:<24}  {}  after {} attempts: {}{}",
                time(letter.died_at),
                event.id,
                letter.consumer,
                event.kind,
                letter.attempts,
                letter.error,
                if letter.replaying { "  (being delivered again)" } else { "" },
            ))?;
        }
    }
    more(page.next.as_deref());
    Ok(())
}

pub(super) fn event(record: &EventRecord, letters: &[DeadLetter]) -> Result<()> {
    let letters = letters.iter().map(of_letter).collect::<Result<Vec<_>>>()?;
    let shown = json!({
        "position": record.position,
        "published_at": time(record.published_at),
        "event": body(record)?,
        "dead_letters": letters,
    });
    show(serde_json::to_string_pretty(&shown)?)?;
    Ok(())
}

/// What a command did, in words or as an object.
pub(super) fn done(text: String, object: &Value, as_json: bool) -> Result<()> {
    if as_json { show(object) } else { show(text) }.map_err(Into::into)
}

fn of_letter(letter: &DeadLetter) -> Result<Value> {
    Ok(json!({
        "consumer": letter.consumer,
        "attempts": letter.attempts,
        "error": letter.error,
        "died_at": time(letter.died_at),
        "being_replayed": letter.replaying,
        "event": body(&letter.record)?,
    }))
}

fn body(record: &EventRecord) -> Result<Value> {
    serde_json::from_slice(&record.event.body)
        .with_context(|| format!("the event {} is damaged", record.event.id))
}

fn time(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map_or_else(|_| "?".into(), |time| format!("{time:.3}"))
}

fn more(next: Option<&str>) {
    if let Some(cursor) = next {
        remark(format!("There are more: --cursor {cursor}"));
    }
}
