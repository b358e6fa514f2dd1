//! How many instances a load takes: quickly more, slowly fewer.
//!
//! By Little's law the calls in flight are what a component is busy with, whatever its speed. Those, over the share of instances
//! that should be in use, is the number wanted. Three things keep it from swinging:
//! - a dead band: a number within a quarter of the wanted one is left as it is;
//! - more only when the last looks agree on it, so that a blip is no load;
//! - fewer only when that would have been enough all the time for a while, and then no more than half of them at once.
//!
//! When the machines have no time left, more instances would only make all of them slower: the number stays.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Load;

/// Looks that must agree before there are more.
const AGREE: usize = 2;
/// How far the number may be from the wanted one: a quarter of it.
const DEAD_BAND: f64 = 0.25;

/// What an operator may choose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// No fewer instances.
    pub(crate) floor: usize,
    /// No more instances.
    pub(crate) ceiling: usize,
    /// The share of instances that should be in use: above 0, up to 1.
    pub(crate) in_use: f64,
    /// The share of processor time from which on there are no more; 1 for as many as are wanted at any time.
    pub(crate) exhausted: f64,
    /// How long fewer must have been enough.
    pub(crate) calm: Duration,
}

/// Follows one component.
#[derive(Debug)]
pub(crate) struct Scaler {
    rule: Rule,
    /// What each look wanted, oldest first.
    wanted: VecDeque<(Instant, usize)>,
    began: Option<Instant>,
}

impl Scaler {
    pub(crate) fn new(rule: Rule) -> Self {
        Self { rule, wanted: VecDeque::new(), began: None }
    }

    /// The number of instances from now on, if it is another one.
    pub(crate) fn decide(&mut self, load: Load, now: Instant) -> Option<usize> {
        let Rule { floor, ceiling, calm, exhausted, .. } = self.rule;
        let began = *self.began.get_or_insert(now);
        self.wanted.push_back((now, self.wanted_for(load)));
        while self.wanted.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > calm) {
            self.wanted.pop_front();
        }
        let decided = if !(floor..=ceiling).contains(&load.instances) {
            // Somebody set another number; what the operator of this one wants holds at once.
            load.instances.clamp(floor, ceiling)
        } else if let Some(more) = self.more(load).filter(|_| load.cpu < exhausted || exhausted >= 1.0) {
            more
        } else if now.saturating_duration_since(began) >= calm {
            self.fewer(load)?
        } else {
            return None;
        };
        // What was wanted of another number of instances says nothing against this one, but a while must pass again.
        self.wanted.clear();
        self.began = Some(now);
        Some(decided)
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of calls and instances"
    )]
    fn wanted_for(&self, load: Load) -> usize {
        let wanted = (load.in_flight as f64 / self.rule.in_use).ceil() as usize;
        wanted.clamp(self.rule.floor, self.rule.ceiling)
    }

    /// What all of the last looks want at least, if that is clearly more.
    fn more(&self, load: Load) -> Option<usize> {
        let looks = self.wanted.iter().rev().take(AGREE);
        let least = looks.clone().map(|(_, wanted)| *wanted).min()?;
        let is_more = least > load.instances && is_far(load.instances, least);
        (looks.count() == AGREE && is_more).then_some(least)
    }

    /// What was enough all the time, if that is clearly fewer.
    fn fewer(&self, load: Load) -> Option<usize> {
        let most = self.wanted.iter().map(|(_, wanted)| *wanted).max()?;
        let is_fewer = most < load.instances && is_far(load.instances, most);
        is_fewer.then(|| most.max(load.instances / 2).max(self.rule.floor))
    }
}

/// Whether the number is outside of the dead band around the wanted one.
#[expect(clippy::cast_precision_loss, reason = "counts of instances")]
fn is_far(instances: usize, wanted: usize) -> bool {
    instances.abs_diff(wanted) as f64 > wanted as f64 * DEAD_BAND
}

#[cfg(test)]
mod tests;
