//! What is left of an organisation that was deleted ends in steps, each of which is one transaction.

use lyceum_kit::{
    periodic::{self, BATCH},
    prelude::*,
};

use super::store::ending as store;
use crate::{cohorts, teams};

/// How many steps the request does itself that deletes an organisation; the rest is done by the tick.
const AT_ONCE: usize = 8;
/// How many steps one tick does for one organisation: others are waiting.
const BY_TICK: usize = 500;

/// Begins, as far as that is quickly done. What goes wrong is done by the tick.
pub(crate) fn begin(context: &Context, organization_id: Uuid) {
    if let Err(error) = go_on(&context.without_once(), organization_id, AT_ONCE) {
        log::warn(format!("the organization {organization_id} ends later: {error}"));
    }
}

/// Goes on with those that have not ended.
pub(crate) fn run_due(by: &WithoutOnce) -> Result<(), EventError> {
    let next = |last: Option<&Uuid>| {
        let after = last.map(Uuid::to_string).unwrap_or_default();
        Ok(store::deleted(&after, i64::from(BATCH))?)
    };
    periodic::each(|id| format!("organization {id}"), next, |id| go_on(by, *id, BY_TICK)).map(drop)
}

fn go_on(by: &WithoutOnce, organization_id: Uuid, steps: usize) -> Result<(), EventError> {
    for _ in 0..steps {
        if step(by, organization_id)? == Step::Last {
            break;
        }
    }
    Ok(())
}

#[derive(Eq, PartialEq)]
enum Step {
    OneOfMany,
    Last,
}

/// First the teams and the cohorts, then those who were in it, then itself.
fn step(by: &WithoutOnce, organization_id: Uuid) -> Result<Step, EventError> {
    if let Some(transaction) = teams::end_some(by, organization_id)? {
        transaction.commit()?;
        return Ok(Step::OneOfMany);
    }
    if let Some(transaction) = cohorts::end_some(by, organization_id)? {
        transaction.commit()?;
        return Ok(Step::OneOfMany);
    }
    if store::has_members(organization_id)? {
        by.begin().execute(store::remove_some_members(organization_id)).commit()?;
        return Ok(Step::OneOfMany);
    }
    by.begin().execute(store::forget(organization_id)).commit()?;
    Ok(Step::Last)
}
