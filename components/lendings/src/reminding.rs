//! Readers are reminded of what they have.

use lyceum_kit::periodic::{self, Job, every, hours, minutes};
use lyceum_kit::prelude::*;

use crate::domain::{Day, Lending};
use crate::store::{cases, lendings};
use crate::{events, holding};

/// So many days before the last one a reader is reminded for the first time.
const DAYS_BEFORE: u32 = 2;

/// All that is done every so often.
pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "expired-holds", holding::expire),
    every(minutes(1), "free-copies", holding::hand_out),
    every(hours(1), "reminders", remind),
];

/// Tells of each copy that is due soon or late, once a day: the row says on which day that was done last.
fn remind(by: &WithoutOnce) -> Result<(), EventError> {
    let today = Day::today();
    periodic::each(
        |lending: &Lending| format!("reminding of the lending {}", lending.number),
        |last| Ok(lendings::to_remind(today, today.plus(DAYS_BEFORE), last, periodic::BATCH)?),
        |lending| {
            let Some(borrower) = lending.borrower() else { return Ok(()) };
            let title = cases::title(lending.book_id)?;
            let transaction = by.begin().execute(lendings::reminded(lending, today));
            let transaction = if lending.due_on < today {
                transaction.publish(&events::overdue(lending, title, today, borrower))
            } else {
                transaction.publish(&events::due_soon(lending, title, today, borrower))
            };
            transaction.commit()?;
            Ok(())
        },
    )
    .map(drop)
}
