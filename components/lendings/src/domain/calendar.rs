//! Days on which a library is closed.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Day, rule};

/// After so many closed days in a row a library is taken to be closed for good.
const LONGEST: usize = 366;

/// A day on which nothing is due and for which nothing is charged.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosedDayFields {
    /// As the copies name it; `*`, which is meant if nothing is said, means everywhere.
    #[serde(default = "rule::any")]
    location: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Day,
    /// One line of at most 200 characters, such as `New Year's Day`.
    reason: Option<String>,
}

/// A closed day, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClosedDay {
    pub(crate) id: Uuid,
    pub(crate) location: String,
    #[schema(value_type = String, format = Date)]
    pub(crate) day: Day,
    pub(crate) reason: Option<String>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

impl ClosedDay {
    /// A new one.
    pub(crate) fn new(fields: ClosedDayFields) -> Result<Self, Invalid> {
        let ClosedDayFields { location, day, reason } = fields;
        let mut valid = Validation::new();
        let location = valid.take("/location", rule::scope(&location)).unwrap_or_default();
        valid.take("/reason", text::optional(reason.as_ref(), |text| text::line(text, 200)));
        valid.into_result()?;
        Ok(Self { id: ids::new(), location, day, reason, version: 1, created_at: clock::now() })
    }
}

/// The closed days of one place.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClosedDays(BTreeSet<Day>);

impl FromIterator<Day> for ClosedDays {
    fn from_iter<I: IntoIterator<Item = Day>>(days: I) -> Self {
        Self(days.into_iter().collect())
    }
}

impl ClosedDays {
    /// The first day from this one on that is open; this one itself if there is none within a year.
    pub(crate) fn open_from(&self, day: Day) -> Day {
        let days = std::iter::successors(Some(day), |day| Some(day.next())).take(LONGEST + 1);
        days.into_iter().find(|day| !self.0.contains(day)).unwrap_or(day)
    }

    /// How many days after `from`, up to `to`, are open.
    pub(crate) fn open_between(&self, from: Day, to: Day) -> u32 {
        if to <= from {
            return 0;
        }
        let closed = self.0.range(from.next()..=to).count();
        to.days_since(from).saturating_sub(u32::try_from(closed).unwrap_or(u32::MAX))
    }
}
