//! How people are enrolled in a course.

use std::time::Duration;

use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most places that a course may have.
const MOST_PLACES: i64 = 1_000_000;
/// A hundred years.
const MOST_DAYS: i64 = 36_525;
const DAY: Duration = Duration::from_hours(24);

/// What instructors say of it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsFields {
    /// How many people have a place at the same time, 0 to 1,000,000; any number if not said. Who has one keeps it if it becomes
    /// less.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub(crate) capacity: Option<i64>,
    /// Whether people wait when all places are taken. Who waits goes on waiting if it is switched off.
    #[serde(default)]
    pub(crate) waiting_list: bool,
    /// Whether people enrol by themselves. If not, they need an invitation or an instructor.
    #[serde(default = "yes")]
    pub(crate) self_enrollment: bool,
    /// From when on people enrol by themselves or with an invitation.
    #[serde(default)]
    pub(crate) opens_at: Option<Timestamp>,
    /// Until when they do.
    #[serde(default)]
    pub(crate) closes_at: Option<Timestamp>,
    /// From when on those who are enrolled from now on may read the lessons; at once if not said.
    #[serde(default)]
    pub(crate) starts_at: Option<Timestamp>,
    /// Until when they may.
    #[serde(default)]
    pub(crate) ends_at: Option<Timestamp>,
    /// How many days of 24 hours an enrolment lasts from its beginning on, 1 to 36,525. If `ends_at` is earlier, that counts.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 36_525)]
    pub(crate) valid_days: Option<i64>,
}

const fn yes() -> bool {
    true
}

/// How people are enrolled in a course.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) course_id: Uuid,
    pub(crate) capacity: Option<i64>,
    pub(crate) waiting_list: bool,
    pub(crate) self_enrollment: bool,
    pub(crate) opens_at: Option<Timestamp>,
    pub(crate) closes_at: Option<Timestamp>,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) valid_days: Option<i64>,
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
}

impl Settings {
    /// What holds of a course of which nobody has said anything: whoever wants enrols, without end.
    pub(crate) fn of(course_id: Uuid) -> Self {
        Self {
            course_id,
            capacity: None,
            waiting_list: false,
            self_enrollment: true,
            opens_at: None,
            closes_at: None,
            starts_at: None,
            ends_at: None,
            valid_days: None,
            version: 1,
            updated_at: clock::now(),
        }
    }

    /// With these fields.
    pub(crate) fn with(&self, fields: &SettingsFields) -> Result<Self, Invalid> {
        let SettingsFields { capacity, valid_days, opens_at, closes_at, starts_at, ends_at, .. } = *fields;
        let mut valid = Validation::new();
        let places = capacity.is_none_or(|capacity| (0..=MOST_PLACES).contains(&capacity));
        valid.check("/capacity", places, "OUT_OF_RANGE", "Must be from 0 to 1,000,000.");
        let days = valid_days.is_none_or(|days| (1..=MOST_DAYS).contains(&days));
        valid.check("/valid_days", days, "OUT_OF_RANGE", "Must be from 1 to 36,525.");
        let ordered = |from: Option<Timestamp>, until: Option<Timestamp>| {
            from.zip(until).is_none_or(|(from, until)| from < until)
        };
        valid.check("/closes_at", ordered(opens_at, closes_at), "TOO_EARLY", "Must be after opens_at.");
        valid.check("/ends_at", ordered(starts_at, ends_at), "TOO_EARLY", "Must be after starts_at.");
        valid.into_result()?;
        Ok(Self {
            course_id: self.course_id,
            capacity,
            waiting_list: fields.waiting_list,
            self_enrollment: fields.self_enrollment,
            opens_at,
            closes_at,
            starts_at,
            ends_at,
            valid_days,
            version: self.version + 1,
            updated_at: clock::now(),
        })
    }

    /// Whether one more place may be taken if so many are.
    pub(crate) fn has_room(&self, taken: i64) -> bool {
        self.capacity.is_none_or(|capacity| taken < capacity)
    }

    /// What is said of it.
    pub(crate) fn fields(&self) -> SettingsFields {
        SettingsFields {
            capacity: self.capacity,
            waiting_list: self.waiting_list,
            self_enrollment: self.self_enrollment,
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            valid_days: self.valid_days,
        }
    }

    /// When an enrolment ends that begins then.
    pub(crate) fn end_for(&self, begins: Timestamp) -> Option<Timestamp> {
        let days = self.valid_days.and_then(|days| u32::try_from(days).ok());
        let lasts = days.map(|days| begins.plus(DAY.saturating_mul(days)));
        [lasts, self.ends_at].into_iter().flatten().min()
    }
}
