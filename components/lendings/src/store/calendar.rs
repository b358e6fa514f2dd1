//! The SQL of closed days.

use lyceum_kit::list::{Filter, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::{ANY, ClosedDay, ClosedDays, Day};

row!(versioned ClosedDay in "closed_days" { id, location, day, reason, version, created_at });

/// The closed days of a place after this day; of no place in particular, those that are closed everywhere.
pub(crate) fn after(location: Option<&str>, day: Day) -> Statement {
    let text = "SELECT day FROM closed_days WHERE location IN ($1, $2) AND day > $3";
    statement(text, params![ANY, location.unwrap_or(ANY), day])
}

/// What [`after`] found.
pub(crate) fn read(rows: lyceum_kit::sql::Rows) -> Result<ClosedDays, SqlError> {
    let days: Vec<(Day,)> = rows.all()?;
    Ok(days.into_iter().map(|(day,)| day).collect())
}

/// It is open again.
pub(crate) fn delete(day: &ClosedDay) -> Statement {
    statement("DELETE FROM closed_days WHERE id = $1", params![day.id]).expect_rows(1)
}

const BY_DAY: Order = Order::text("day");

/// All closed days.
pub(crate) struct ClosedDaysList;

impl Listing for ClosedDaysList {
    type Row = ClosedDay;
    const LIST: List =
        List::of(ClosedDay::TABLE, ClosedDay::COLUMN_LIST, "id", BY_DAY).orders(&[BY_DAY]).filters(&[
            Filter::equal::<String>("location")
                .describe("Only those of this place; `*` for those that are closed everywhere."),
            Filter::range::<Day>("day").describe("Only those from this day, or to this day."),
        ]);
}
