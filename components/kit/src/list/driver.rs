//! Which condition a page's rows are looked up by, and reading a page.

use std::cmp::Ordering;

use super::{
    condition::{Condition, Source, Test},
    sql::{Driver, NARROW, Position, Wanted},
};
use crate::sql::{FromRow, Row, RowError, Rows, SqlError, Statement, Value};

/// A page reads no more rows than this that it might have to leave out.
pub(super) const WINDOW: u32 = 2_000;

/// A numbered page and a total, which can't end early, read no more than this.
pub(super) const WIDE_WINDOW: u32 = 50_000;

/// Runs statements on one snapshot; [`crate::sql::query`] outside of tests.
pub(super) type Ask<'a> = &'a mut dyn FnMut(Vec<Statement>) -> Result<Vec<Rows>, SqlError>;

/// A page's rows, with [`Position`]s in their last columns.
pub(super) struct Fetched {
    pub(super) rows: Rows,
    pub(super) next: Option<Position>,
}

/// How a page is read: by what, and whether within a window only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Plan {
    pub(super) driver: Driver,
    pub(super) windowed: bool,
}

struct Found(i64);

impl FromRow for Found {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        row.take("found").map(Self)
    }
}

struct Stands(Value, Value);

impl FromRow for Stands {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        Ok(Self(row.take("list_by")?, row.take("list_key")?))
    }
}

impl Wanted<'_> {
    /// The plan that needs no counting: there is nothing to leave out.
    pub(super) fn direct(&self) -> Option<Plan> {
        match self.conditions {
            [] => Some(Plan { driver: Driver::Rows, windowed: false }),
            [only] if only.ordered => Some(match only.source {
                Source::Rows => Plan { driver: Driver::Rows, windowed: false },
                Source::Terms(_) => Plan { driver: Driver::Ordered(0), windowed: !self.scope.is_empty() },
            }),
            _ => None,
        }
    }

    /// What can be counted, with its place among the conditions.
    pub(super) fn probed(&self) -> impl Iterator<Item = (usize, &Condition)> {
        let countable = |condition: &&Condition| !matches!(condition.test, Test::Contains(..));
        self.conditions.iter().enumerate().filter(move |(_, condition)| countable(condition))
    }

    /// The plan where many rows fulfil every condition.
    pub(super) fn dense(&self) -> Plan {
        let terms = self.conditions.iter().enumerate().filter(|(_, condition)| condition.is_ordered_terms());
        let longest = terms.max_by_key(|(_, condition)| condition.test.length());
        let driver = longest.map_or(Driver::Rows, |(at, _)| Driver::Ordered(at));
        Plan { driver, windowed: true }
    }

    /// The plan, where it doesn't turn out that few rows fulfil a condition.
    pub(super) fn plan_of_many(&self) -> Plan {
        self.direct().unwrap_or_else(|| self.dense())
    }

    fn plan(&self, ask: Ask<'_>) -> Result<Plan, SqlError> {
        if let Some(plan) = self.direct() {
            return Ok(plan);
        }
        let (places, probes): (Vec<usize>, Vec<Statement>) =
            self.probed().map(|(at, condition)| (at, self.probe(condition))).unzip();
        let mut fewest: Option<(i64, usize)> = None;
        for (at, rows) in places.into_iter().zip(ask(probes)?) {
            let Found(found) = rows.one()?;
            if fewest.is_none_or(|(fewest, _)| found < fewest) {
                fewest = Some((found, at));
            }
        }
        Ok(match fewest {
            Some((found, at)) if found <= i64::from(NARROW) => Plan { driver: self.few(at), windowed: false },
            _ => self.dense(),
        })
    }

    /// How the few rows are read that fulfil this condition: they are put in order, unless they already are.
    pub(super) fn few(&self, at: usize) -> Driver {
        if self.conditions.get(at).is_some_and(Condition::is_ordered_terms) {
            Driver::Ordered(at)
        } else {
            Driver::Narrow(at)
        }
    }

    /// By what the rows are read, and how far. Of several words that many rows have, that is the one whose window reaches
    /// furthest: there it is the rarest.
    pub(super) fn reach(&self, window: u32, ask: Ask<'_>) -> Result<(Driver, Option<Position>), SqlError> {
        let Plan { driver, windowed } = self.plan(ask)?;
        if !windowed {
            return Ok((driver, None));
        }
        let drivers = self.rivals(driver);
        let bounds = drivers.iter().map(|driver| self.bound(*driver, window)).collect();
        let mut furthest: Option<(Driver, Option<Position>)> = None;
        for (driver, rows) in drivers.into_iter().zip(ask(bounds)?) {
            let until = rows.optional::<Stands>()?.map(|stands| self.position(stands));
            if furthest.as_ref().is_none_or(|(_, best)| self.is_further(until.as_ref(), best.as_ref())) {
                furthest = Some((driver, until));
            }
        }
        Ok(furthest.unwrap_or((driver, None)))
    }

    /// What could be read by instead.
    pub(super) fn rivals(&self, driver: Driver) -> Vec<Driver> {
        if let Driver::Ordered(_) = driver {
            let terms =
                self.conditions.iter().enumerate().filter(|(_, condition)| condition.is_ordered_terms());
            terms.map(|(at, _)| Driver::Ordered(at)).collect()
        } else {
            vec![driver]
        }
    }

    /// Nothing is the end of the list.
    fn is_further(&self, position: Option<&Position>, than: Option<&Position>) -> bool {
        let (Some(position), Some(than)) = (position, than) else { return than.is_some() };
        let by = position.by.as_ref().zip(than.by.as_ref()).map_or(Ordering::Equal, |(a, b)| compare(a, b));
        let further = by.then_with(|| compare(&position.key, &than.key));
        further == if self.order.descending { Ordering::Less } else { Ordering::Greater }
    }

    /// Reads a page of at most so many rows.
    pub(super) fn fetch(&self, limit: u32, ask: Ask<'_>) -> Result<Fetched, SqlError> {
        let (driver, until) = self.reach(WINDOW, ask)?;
        let page = self.page(driver, until.as_ref(), 0, limit.saturating_add(1));
        let mut rows = ask(vec![page])?.pop().unwrap_or_default();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = if rows.len() > limit {
            rows.truncate(limit);
            rows.last::<Stands>()?.map(|stands| self.position(stands))
        } else {
            until
        };
        Ok(Fetched { rows, next })
    }

    fn position(&self, Stands(by, key): Stands) -> Position {
        let by = (self.order.column != self.list.key).then_some(by);
        Position { by, key }
    }
}

/// As the databases put them in order.
fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
        _ => Ordering::Equal,
    }
}
