//! Lendings.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, ClosedDays, Day, Late, Rule};

/// What was agreed when the copy was lent, or its lending renewed: a rule that is changed afterwards changes nothing here.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
pub(crate) struct Terms {
    /// The rule that decided.
    pub(crate) rule_id: Uuid,
    /// Where the copy belonged.
    pub(crate) location: Option<String>,
    pub(crate) fine_cents_per_day: u32,
    pub(crate) grace_days: u32,
    pub(crate) fine_cap_cents: Option<u32>,
}

impl Terms {
    pub(super) fn of(rule: &Rule, location: Option<&str>) -> Self {
        Self {
            rule_id: rule.id,
            location: location.map(ToOwned::to_owned),
            fine_cents_per_day: rule.fine_cents_per_day,
            grace_days: rule.grace_days,
            fine_cap_cents: rule.fine_cap_cents,
        }
    }
}

/// A lending, as it is stored. Who borrowed is forgotten when that person's data is erased.
#[derive(Clone, Debug)]
pub(crate) struct Lending {
    pub(crate) id: Uuid,
    pub(crate) number: String,
    pub(crate) book_id: Uuid,
    /// None if the book was lent without saying which copy.
    pub(crate) item_id: Option<Uuid>,
    pub(crate) reader_id: Option<Uuid>,
    pub(crate) user_id: Option<UserId>,
    pub(crate) genre_id: Option<Uuid>,
    pub(crate) hold_id: Option<Uuid>,
    pub(crate) terms: AsJson<Terms>,
    pub(crate) started_at: Timestamp,
    pub(crate) started_on: Day,
    pub(crate) due_on: Day,
    pub(crate) returned_at: Option<Timestamp>,
    pub(crate) renewals: u32,
    pub(crate) days_overdue: u32,
    pub(crate) fine_cents: i64,
    /// What the reader said when they gave it back.
    pub(crate) commentary: Option<String>,
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
}

impl Lending {
    /// A copy is lent now, until this day.
    pub(crate) fn start(case: &Case, number: String, due_on: Day) -> Self {
        let now = clock::now();
        let (item, reader) = (&case.item, &case.reader);
        Self {
            id: ids::new(),
            number,
            book_id: item.book_id,
            item_id: item.item_id,
            reader_id: Some(reader.reader_id),
            user_id: Some(reader.user_id),
            genre_id: item.genre_id,
            hold_id: case.hold.as_ref().map(|hold| hold.id),
            terms: AsJson(Terms::of(&case.rule, item.location.as_deref())),
            started_at: now,
            started_on: Day::of(now),
            due_on,
            returned_at: None,
            renewals: 0,
            days_overdue: 0,
            fine_cents: 0,
            commentary: None,
            version: 1,
            updated_at: now,
        }
    }

    /// How late it would be if it came back on this day.
    pub(crate) fn late(&self, day: Day, closed: &ClosedDays) -> Late {
        Late::of(&self.terms.0, self.due_on, day, closed)
    }

    /// The copy is back now, and its reader says something of it, or nothing.
    pub(crate) fn returned(&self, closed: &ClosedDays, commentary: Option<String>) -> Self {
        let now = clock::now();
        let Late { days_overdue, fine_cents } = self.late(Day::of(now), closed);
        let returned_at = Some(now);
        Self {
            returned_at,
            days_overdue,
            fine_cents,
            commentary,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }
    }

    /// It may be kept until this day.
    pub(crate) fn renewed(&self, case: &Case, due_on: Day) -> Self {
        let terms = AsJson(Terms::of(&case.rule, case.item.location.as_deref()));
        let (renewals, version, updated_at) = (self.renewals + 1, self.version + 1, clock::now());
        Self { terms, due_on, renewals, version, updated_at, ..self.clone() }
    }

    /// The reader and their account, if they are not forgotten; of a copy that is out they never are.
    pub(crate) fn borrower(&self) -> Option<(Uuid, UserId)> {
        self.reader_id.zip(self.user_id)
    }
}
