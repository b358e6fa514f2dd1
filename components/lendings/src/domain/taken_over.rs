//! Lendings of the older library: they began before they are known here, and may have ended.

use lyceum_kit::prelude::*;
use lyceum_kit::takeover::Moment;

use super::{BookSeen, ClosedDays, Day, Late, Lending, ReaderSeen, Rule, Terms};

/// The first moment of a day.
fn beginning(day: Day) -> Timestamp {
    day.to_string().parse::<Moment>().map_or(Timestamp::from_micros(0), |Moment(moment)| moment)
}

impl Lending {
    /// It began on this day, of no copy in particular, under what this rule says of fines; without a last day it has as many
    /// days as the rule gives.
    pub(crate) fn begun(
        number: String,
        (book, reader, rule): (&BookSeen, &ReaderSeen, &Rule),
        started_on: Day,
        due_on: Option<Day>,
    ) -> Self {
        let started_at = beginning(started_on);
        Self {
            id: ids::new(),
            number,
            book_id: book.book_id,
            item_id: None,
            reader_id: Some(reader.reader_id),
            user_id: Some(reader.user_id),
            genre_id: book.genre_id,
            hold_id: None,
            terms: AsJson(Terms::of(rule, None)),
            started_at,
            started_on,
            due_on: due_on.unwrap_or_else(|| started_on.plus(rule.loan_days)),
            returned_at: None,
            renewals: 0,
            days_overdue: 0,
            fine_cents: 0,
            commentary: None,
            version: 1,
            updated_at: started_at,
        }
    }

    /// It ended on this day. What it cost to be late is what is said, or else what its terms say; no day was closed there.
    pub(crate) fn over(self, on: Day, fine_cents: Option<i64>, commentary: Option<String>) -> Self {
        let ended_at = beginning(on);
        let late = Late::of(&self.terms.0, self.due_on, on, &ClosedDays::default());
        Self {
            returned_at: Some(ended_at),
            days_overdue: late.days_overdue,
            fine_cents: fine_cents.unwrap_or(late.fine_cents),
            commentary,
            updated_at: ended_at,
            ..self
        }
    }
}
