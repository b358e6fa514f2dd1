//! How far somebody is in a lesson: what several devices say is merged, in whatever order and however often it comes.
//!
//! Each part is the greatest of what was said: percent and times grow, the earliest beginning and completion count, and the
//! newest position. So the result of a set of updates doesn't depend on their order or repetition.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Status;
use super::percent::Percent;

/// Of how many devices of a person the time is counted in one lesson: those with the most.
const DEVICES: usize = 64;
/// The longest time in a lesson, in seconds: ten thousand hours.
const TIME: i64 = 36_000_000;
const POSITION: i64 = 1_000_000_000_000;
const NOTHING: &str = "Must say at least one of status, percent_complete, time_spent and last_position.";
/// How far a device's clock may be ahead, in seconds.
const AHEAD: u64 = 300;

/// What a device says of a lesson: at least one of the first four. What isn't given says nothing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LessonFields {
    /// `in-progress` begins it, `completed` completes it. Nothing takes that back.
    pub(crate) status: Option<Status>,
    /// From 0 to 100, exact to a hundredth. It never falls; 100 completes the lesson.
    #[schema(minimum = 0, maximum = 100)]
    pub(crate) percent_complete: Option<f64>,
    /// Seconds that were spent in this lesson on this device, all in all.
    #[schema(minimum = 0, maximum = 36_000_000)]
    pub(crate) time_spent: Option<i64>,
    /// Where the learner is, as the client counts, such as seconds of a video. The newest counts.
    #[schema(minimum = 0)]
    pub(crate) last_position: Option<i64>,
    /// When that was, by the device's clock; now if not given. At most five minutes ahead. What is dated before the enrolment
    /// counts as done when it began.
    pub(crate) occurred_at: Option<Timestamp>,
    /// Which device says so: at most 64 characters.
    pub(crate) device_id: Option<String>,
}

/// The same, found to be right.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update {
    at: Timestamp,
    device: String,
    percent: Percent,
    completes: bool,
    time_spent: Option<i64>,
    position: Option<i64>,
}

impl LessonFields {
    pub(crate) fn checked(&self, now: Timestamp) -> Result<Update, Invalid> {
        let mut valid = Validation::new();
        let says_something = self.status.is_some()
            || self.percent_complete.is_some()
            || self.time_spent.is_some()
            || self.last_position.is_some();
        valid.check("", says_something, "REQUIRED", NOTHING);
        let percent = self.percent_complete.map_or(Some(Percent::default()), Percent::of_number);
        valid.check("/percent_complete", percent.is_some(), "OUT_OF_RANGE", "Must be from 0 to 100.");
        let time = self.time_spent.is_none_or(|seconds| (0..=TIME).contains(&seconds));
        valid.check("/time_spent", time, "OUT_OF_RANGE", "Must be from 0 to 36,000,000 seconds.");
        let position = self.last_position.is_none_or(|position| (0..=POSITION).contains(&position));
        valid.check("/last_position", position, "OUT_OF_RANGE", "Must be from 0 to 1,000,000,000,000.");
        let latest = now.plus(std::time::Duration::from_secs(AHEAD));
        let past = self.occurred_at.is_none_or(|at| at <= latest);
        valid.check("/occurred_at", past, "IN_THE_FUTURE", "Must not be in the future.");
        let device = self.device_id.clone().unwrap_or_default();
        if !device.is_empty() {
            valid.take("/device_id", text::required_line(&device, 64));
        }
        valid.into_result()?;
        let percent = percent.unwrap_or_default();
        let completes = self.status == Some(Status::Completed) || percent == Percent::FULL;
        Ok(Update {
            at: self.occurred_at.unwrap_or(now),
            device,
            percent: if completes { Percent::FULL } else { percent },
            completes,
            time_spent: self.time_spent,
            position: self.last_position,
        })
    }
}

impl Update {
    /// It is completed at this moment.
    pub(crate) fn completing(at: Timestamp) -> Self {
        Self {
            at,
            device: String::new(),
            percent: Percent::FULL,
            completes: true,
            time_spent: None,
            position: None,
        }
    }

    /// It is begun at this moment.
    pub(crate) fn beginning(at: Timestamp) -> Self {
        Self { percent: Percent::default(), completes: false, ..Self::completing(at) }
    }

    /// The same, done when `at` says of the time that it was told with.
    pub(crate) fn dated(self, at: impl FnOnce(Timestamp) -> Timestamp) -> Self {
        Self { at: at(self.at), ..self }
    }

    pub(crate) const fn completes(&self) -> bool {
        self.completes
    }

    pub(crate) const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Where somebody is in a lesson. Of two positions the one that is greater, in the order of the fields, counts.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Position {
    pub(crate) at: Timestamp,
    pub(crate) device: String,
    pub(crate) value: i64,
}

/// How far somebody is in a lesson.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LessonState {
    pub(crate) percent: Percent,
    pub(crate) started_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) last_activity_at: Timestamp,
    /// Seconds by device.
    pub(crate) devices: BTreeMap<String, i64>,
    pub(crate) position: Option<Position>,
}

impl LessonState {
    /// What it is after the update; the state before may be none.
    pub(crate) fn after(before: Option<&Self>, update: &Update) -> Self {
        let mut state = before.cloned().unwrap_or_else(|| Self {
            percent: Percent::default(),
            started_at: update.at,
            completed_at: None,
            last_activity_at: update.at,
            devices: BTreeMap::new(),
            position: None,
        });
        state.percent = state.percent.max(update.percent);
        state.started_at = state.started_at.min(update.at);
        state.last_activity_at = state.last_activity_at.max(update.at);
        if update.completes {
            state.completed_at = Some(state.completed_at.map_or(update.at, |before| before.min(update.at)));
        }
        if let Some(seconds) = update.time_spent {
            let counted = state.devices.entry(update.device.clone()).or_default();
            *counted = seconds.max(*counted);
            keep_greatest(&mut state.devices);
        }
        let (at, device) = (update.at, update.device.clone());
        let position = update.position.map(|value| Position { at, device, value });
        state.position = state.position.max(position);
        state
    }

    /// Seconds on all devices.
    pub(crate) fn time_spent(&self) -> i64 {
        self.devices.values().fold(0, |sum, seconds| sum.saturating_add(*seconds))
    }

    pub(crate) const fn status(&self) -> Status {
        Status::of(true, self.completed_at.is_some())
    }
}

/// Leaves those with the greatest times, so many as are counted. What is left out once could only come back greater.
fn keep_greatest(devices: &mut BTreeMap<String, i64>) {
    while devices.len() > DEVICES {
        let least =
            devices.iter().map(|(device, seconds)| (*seconds, device.clone())).collect::<BTreeSet<_>>();
        let Some((_, device)) = least.into_iter().next() else { return };
        devices.remove(&device);
    }
}

#[cfg(test)]
mod tests;
