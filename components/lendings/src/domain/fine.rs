//! What it costs to be late.

use lyceum_kit::{prelude::*, text_enum};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ClosedDays, Day, Lending, Terms};

/// How late a copy came back, and what that costs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Late {
    /// All days after the due one, closed ones too.
    pub(crate) days_overdue: u32,
    /// For each open day after the due one, but for the days of grace; never more than the cap.
    pub(crate) fine_cents: i64,
}

impl Late {
    /// Of a copy that was due and came back on these days.
    pub(crate) fn of(terms: &Terms, due_on: Day, returned_on: Day, closed: &ClosedDays) -> Self {
        let charged = closed.open_between(due_on, returned_on).saturating_sub(terms.grace_days);
        let whole = i64::from(charged).saturating_mul(terms.fine_cents_per_day.into());
        let fine_cents = terms.fine_cap_cents.map_or(whole, |cap| whole.min(cap.into()));
        Self { days_overdue: returned_on.days_since(due_on), fine_cents }
    }
}

text_enum! {
    /// Whether a fine is owed.
    pub(crate) enum FineState {
        /// It is owed.
        Unpaid = "unpaid",
        /// The reader paid it.
        Paid = "paid",
        /// The library doesn't want it.
        Waived = "waived",
    }
}

/// A fine, as it is stored and shown. Whose it was is forgotten when that person's data is erased.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Fine {
    pub(crate) id: Uuid,
    pub(crate) lending_id: Uuid,
    pub(crate) reader_id: Option<Uuid>,
    #[schema(value_type = Option<Uuid>)]
    pub(crate) user_id: Option<UserId>,
    /// More than 0.
    pub(crate) amount_cents: i64,
    pub(crate) state: FineState,
    pub(crate) charged_at: Timestamp,
    pub(crate) settled_at: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) version: i64,
}

impl Fine {
    /// What a lending that has ended costs, if it does.
    pub(crate) fn of(lending: &Lending) -> Option<Self> {
        (lending.fine_cents > 0).then(|| Self {
            id: ids::new(),
            lending_id: lending.id,
            reader_id: lending.reader_id,
            user_id: lending.user_id,
            amount_cents: lending.fine_cents,
            state: FineState::Unpaid,
            charged_at: lending.updated_at,
            settled_at: None,
            version: 1,
        })
    }

    /// It is owed no more.
    pub(crate) fn settled(&self, state: FineState) -> Self {
        Self { state, settled_at: Some(clock::now()), version: self.version + 1, ..self.clone() }
    }
}
