//! One element of `subscriptions`.

use std::time::Duration;

use super::event_kind;
use super::field::Field;
use super::table::Table;
use crate::model::{Beginning, Mode, Subscription, TICKS};

const A_WEEK: Duration = Duration::from_hours(7 * 24);
const KNOWN: [&str; 6] = ["kind", "mode", "from", "patience", "replay_at_start", "concurrency"];

pub(super) fn read(field: &Field<'_>, at_most: usize) -> Option<Subscription> {
    let table = field.table(&KNOWN)?;
    let kind = table.require("kind").and_then(|field| event_kind::read(&field));
    let modes = [("projection", Mode::Projection), ("reaction", Mode::Reaction)];
    let mode = table.require("mode").and_then(|field| field.choice(&modes));
    let from = from(&table, kind, mode);
    let range = Duration::from_secs(1)..=A_WEEK;
    let patience = table.get("patience").and_then(|field| field.duration(range.clone()));
    let replay = table.get("replay_at_start");
    let replay_at_start = replay.as_ref().and_then(|field| field.duration(range));
    if let (Some(field), Some(Mode::Reaction)) = (&replay, mode) {
        field
            .wrong("stands on a reaction", "only a projection may be given the same events again on purpose");
    }
    let limit = u64::try_from(at_most).unwrap_or(u64::MAX);
    let concurrency = table.get("concurrency").and_then(|field| field.integer(1..=limit));
    let concurrency = concurrency.and_then(|value| usize::try_from(value).ok()).unwrap_or(at_most);
    Some(Subscription {
        kind: kind?.to_owned(),
        mode: mode?,
        from: from?,
        patience,
        replay_at_start,
        concurrency,
    })
}

/// A read model is made of everything; whether a reaction fires for all that ever happened, nobody can guess.
fn from(table: &Table<'_>, kind: Option<&str>, mode: Option<Mode>) -> Option<Beginning> {
    let field = table.get("from");
    let beginnings = [("beginning", Beginning::Log), ("now", Beginning::Now)];
    let said = field.as_ref().and_then(|field| field.choice(&beginnings));
    if kind.is_some_and(|kind| TICKS.contains(&kind)) {
        if let (Some(field), Some(Beginning::Log)) = (&field, said) {
            field.wrong("is \"beginning\"", "ticks are not kept: they always begin now");
        }
        return Some(Beginning::Now);
    }
    match (field, mode) {
        (Some(_), _) => said,
        (None, Some(Mode::Projection)) => Some(Beginning::Log),
        // A kind that can't be told from a tick is mistake enough.
        (None, Some(Mode::Reaction)) if kind.is_some() => {
            let message = format!("`{}` has no `from`", table.name);
            let hint = "a reaction says where it begins: `from = \"now\"` for what happens from now on, \
                        `from = \"beginning\"` for all that the log has";
            table.findings.report(&table.span, message, hint);
            None
        }
        (None, _) => None,
    }
}
