//! Which condition a page's rows are looked up by, and reading a page.

use super::{
    condition::{Condition, Source, Test},
    sql::{Driver, NARROW, Position, Wanted},
};
use crate::sql::{FromRow, Row, RowError, Rows, SqlError, Statement, Value};

/// A page reads no more rows than this that it might have to leave out.
const WINDOW: u32 = 4_000;

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
        let terms = self
            .conditions
            .iter()
            .enumerate()
            .filter(|(_, condition)| condition.ordered && matches!(condition.source, Source::Terms(_)));
        let longest = terms.max_by_key(|(_, condition)| condition.test.length());
        let driver = longest.map_or(Driver::Rows, |(at, _)| Driver::Ordered(at));
        Plan { driver, windowed: true }
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
            Some((found, at)) if found <= i64::from(NARROW) => {
                Plan { driver: Driver::Narrow(at), windowed: false }
            }
            _ => self.dense(),
        })
    }

    /// Reads a page of at most so many rows.
    pub(super) fn fetch(&self, limit: u32, ask: Ask<'_>) -> Result<Fetched, SqlError> {
        let Plan { driver, windowed } = self.plan(ask)?;
        let until = if windowed {
            let bound = ask(vec![self.bound(driver, WINDOW)])?.pop().unwrap_or_default();
            bound.optional::<Stands>()?.map(|stands| self.position(stands))
        } else {
            None
        };
        let page = self.page(driver, until.as_ref(), limit.saturating_add(1));
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
