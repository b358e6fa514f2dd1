//! Totals and numbered pages, for contracts that ask for them.

use super::{ListQuery, Listing, Scope, driver::WIDE_WINDOW};
use crate::{
    problem::Problem,
    sql::{self, FromRow, Row, RowError, Rows, SqlError, Statement},
};

/// How many rows a numbered page may leave out before it begins, and how far a total is counted.
const CAP: u32 = 10_000;

/// How many rows there are in all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Total {
    /// At most 10,000.
    pub rows: u32,
    /// Whether there are, or may be, more: 10,000 are counted, and of conditions that seldom meet those among the first
    /// 50,000 rows that fulfil one of them.
    pub capped: bool,
}

/// A page by what comes before it: `skip`/`limit`, `page`/`per_page` or `page[number]` in a contract.
///
/// The further back, the more it costs, and rows that come or go meanwhile shift it: cursors have neither fault. Of
/// conditions that seldom meet, pages show what is among the first 50,000 rows that fulfil one of them, in order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OffsetPage {
    offset: u32,
    limit: u32,
}

impl OffsetPage {
    /// After this many rows, at most so many; `None` past 10,000.
    pub fn at(offset: u32, limit: u32) -> Option<Self> {
        (offset <= CAP && limit <= CAP).then_some(Self { offset, limit })
    }

    /// The page with this number, the first being 1; `None` for 0, and past 10,000 rows.
    pub fn numbered(number: u32, size: u32) -> Option<Self> {
        Self::at(number.checked_sub(1)?.checked_mul(size)?, size)
    }

    /// How many rows come before it.
    pub const fn offset(self) -> u32 {
        self.offset
    }

    /// How many rows it has at most.
    pub const fn limit(self) -> u32 {
        self.limit
    }
}

struct Found(u32);

impl FromRow for Found {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        row.take("found").map(Self)
    }
}

impl<L: Listing> ListQuery<L> {
    /// How many rows fulfil all that was asked for; see [`Total`].
    pub fn total(&self, scope: &Scope) -> Result<Total, Problem> {
        self.total_by(scope, &mut sql::query)
    }

    /// The same, counted by another function than [`sql::query`], in a test.
    pub fn total_by(
        &self,
        scope: &Scope,
        ask: &mut dyn FnMut(Vec<Statement>) -> Result<Vec<Rows>, SqlError>,
    ) -> Result<Total, Problem> {
        let wanted = self.asked.wanted(&L::LIST, scope, None);
        let (driver, until) = wanted.reach(WIDE_WINDOW, ask)?;
        let counted = ask(vec![wanted.total(driver, until.as_ref(), CAP + 1)])?.pop();
        let Found(found) = counted.unwrap_or_default().one().map_err(SqlError::from)?;
        Ok(Total { rows: found.min(CAP), capped: found > CAP || until.is_some() })
    }

    /// A page by its number.
    pub fn offset_page(&self, scope: &Scope, page: OffsetPage) -> Result<Vec<L::Row>, Problem> {
        self.offset_page_by(scope, page, &mut sql::query)
    }

    /// The same, read by another function than [`sql::query`], in a test.
    pub fn offset_page_by(
        &self,
        scope: &Scope,
        page: OffsetPage,
        ask: &mut dyn FnMut(Vec<Statement>) -> Result<Vec<Rows>, SqlError>,
    ) -> Result<Vec<L::Row>, Problem> {
        let wanted = self.asked.wanted(&L::LIST, scope, None);
        let (driver, until) = wanted.reach(WIDE_WINDOW, ask)?;
        let page = wanted.page(driver, until.as_ref(), page.offset, page.limit);
        let rows = ask(vec![page])?.pop().unwrap_or_default();
        Ok(rows.all().map_err(SqlError::from)?)
    }
}
