//! Copies of books.

use lyceum_event_types::books::ItemStatus;
use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::line::optional_line;

/// Longest barcode, in characters.
const BARCODE: usize = 64;

/// What a librarian says of a copy.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemFields {
    /// As it is scanned: 1 to 64 visible ASCII characters without spaces. No other copy has it.
    pub(crate) barcode: String,
    /// Where it stands, such as a branch or a room: one line of at most 100 characters.
    pub(crate) location: Option<String>,
    /// Its place on the shelf, such as `869.3 P475`: one line of at most 100 characters.
    pub(crate) call_number: Option<String>,
    /// What kind of thing it is, such as `dvd`, where rules of circulation tell kinds apart: one line of at most 100
    /// characters.
    pub(crate) item_type: Option<String>,
    /// `available` if not said. `on_loan` and `awaiting_pickup` are what lendings tell: nobody else says them of a copy.
    #[serde(default = "on_its_shelf")]
    pub(crate) status: ItemStatus,
}

const fn on_its_shelf() -> ItemStatus {
    ItemStatus::Available
}

/// A copy, as it is stored and shown.
#[allow(
    clippy::struct_field_names,
    reason = "an item's type is `item_type` everywhere, since `type` is a word of Rust"
)]
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Item {
    pub(crate) id: Uuid,
    pub(crate) book_id: Uuid,
    pub(crate) barcode: String,
    pub(crate) location: Option<String>,
    pub(crate) call_number: Option<String>,
    pub(crate) item_type: Option<String>,
    pub(crate) status: ItemStatus,
    /// Of its lendings, the one that began last; none if nothing was heard of any.
    #[serde(skip)]
    pub(crate) lending_id: Option<Uuid>,
    /// When that one began.
    #[serde(skip)]
    pub(crate) lent_at: Option<Timestamp>,
    /// Of the holds that it was kept for, the last one; none if nothing was heard of any.
    #[serde(skip)]
    pub(crate) hold_id: Option<Uuid>,
    /// Since when it was kept for that one.
    #[serde(skip)]
    pub(crate) kept_at: Option<Timestamp>,
    /// Whether the later one of the two has not ended: somebody has the copy, or it is kept for them, whatever its status is.
    #[serde(skip)]
    pub(crate) circulates: bool,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Why a copy can't be as it is asked to be.
#[derive(Debug, PartialEq)]
pub(crate) enum ItemError {
    /// A field is wrong.
    Invalid(Invalid),
    /// It can't go from this status to that one.
    Status(ItemStatus, ItemStatus),
    /// Lendings alone say that of a copy.
    OfLendings(ItemStatus),
    /// Somebody has it, or it is kept for them.
    Circulates,
}

impl From<Invalid> for ItemError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

/// Whether lendings alone say that of a copy.
const fn is_of_lendings(status: ItemStatus) -> bool {
    matches!(status, ItemStatus::OnLoan | ItemStatus::AwaitingPickup)
}

/// Whether a librarian may have a copy go from one status to another. What is on loan or kept for somebody may be given up for
/// lost, or be mended, before it can be withdrawn; what was withdrawn can be taken in again.
pub(crate) const fn may_follow(from: ItemStatus, to: ItemStatus) -> bool {
    use ItemStatus::{Available, AwaitingPickup, InRepair, Lost, OnLoan, Withdrawn};
    match from {
        Available => matches!(to, Available | InRepair | Lost | Withdrawn),
        OnLoan => matches!(to, OnLoan | Available | InRepair | Lost),
        AwaitingPickup => matches!(to, AwaitingPickup | Available | InRepair | Lost),
        InRepair => matches!(to, InRepair | Available | Lost | Withdrawn),
        Lost => matches!(to, Lost | Available | InRepair | Withdrawn),
        Withdrawn => matches!(to, Withdrawn | Available),
    }
}

impl Item {
    /// A new copy of a book.
    pub(crate) fn new(book_id: Uuid, fields: ItemFields) -> Result<Self, Invalid> {
        let (now, status) = (clock::now(), fields.status);
        let mut valid = Validation::new();
        let told = "Only lendings tell that of a copy, and not of a new one.";
        valid.check("/status", !is_of_lendings(status), "OF_LENDINGS", told);
        let nothing = Self {
            id: ids::new(),
            book_id,
            barcode: String::new(),
            location: None,
            call_number: None,
            item_type: None,
            status,
            lending_id: None,
            lent_at: None,
            hold_id: None,
            kept_at: None,
            circulates: false,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        nothing.checked(fields, valid)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: ItemFields) -> Result<Self, ItemError> {
        let (from, to) = (self.status, fields.status);
        let changed = self.checked(fields, Validation::new())?;
        if from != to && is_of_lendings(to) {
            return Err(ItemError::OfLendings(to));
        }
        if from != to && to == ItemStatus::Available && self.circulates {
            return Err(ItemError::Circulates);
        }
        if may_follow(from, to) { Ok(changed) } else { Err(ItemError::Status(from, to)) }
    }

    fn checked(&self, fields: ItemFields, mut valid: Validation) -> Result<Self, Invalid> {
        let ItemFields { barcode, location, call_number, item_type, status } = fields;
        let barcode = barcode.trim().to_owned();
        let scanned =
            (1..=BARCODE).contains(&barcode.len()) && barcode.bytes().all(|byte| byte.is_ascii_graphic());
        valid.check(
            "/barcode",
            scanned,
            "BARCODE",
            "Must be 1 to 64 visible ASCII characters without spaces.",
        );
        let location = valid.take("/location", optional_line(location.as_ref(), 100)).flatten();
        let call_number = valid.take("/call_number", optional_line(call_number.as_ref(), 100)).flatten();
        let item_type = valid.take("/item_type", optional_line(item_type.as_ref(), 100)).flatten();
        valid.into_result()?;
        let (version, updated_at) = (self.version + 1, clock::now());
        Ok(Self { barcode, location, call_number, item_type, status, version, updated_at, ..*self })
    }

    /// Its next version, when lendings tell that it was lent; none if that is no news.
    ///
    /// What is told of one lending or hold is in order, and what is told of one copy isn't: the return of the last reader may be
    /// heard of after the copy went to the next. So of all of them the one that began last is the one that counts.
    /// It also counts after the hold that it fulfils, whatever the clocks of two hosts say.
    pub(crate) fn lent(&self, lending_id: Uuid, lent_at: Timestamp, fulfils: Option<Uuid>) -> Option<Self> {
        let is_fetched = fulfils.is_some_and(|hold_id| self.is_kept_for(hold_id));
        let is_news = is_fetched || Some((lent_at, lending_id)) > self.last();
        let (hold_id, kept_at) = if is_fetched { (None, None) } else { (self.hold_id, self.kept_at) };
        let (lending_id, lent_at) = (Some(lending_id), Some(lent_at));
        let told = self.told(Some(ItemStatus::OnLoan));
        is_news.then_some(Self { lending_id, lent_at, hold_id, kept_at, ..told })
    }

    /// Its next version, when lendings tell that it is back from this lending, which began then; none if that is no news.
    pub(crate) fn came_back(&self, lending_id: Uuid, lent_at: Timestamp) -> Option<Self> {
        let (began, known) = (Some((lent_at, lending_id)), self.last());
        let is_news = began > known || (began == known && self.circulates);
        let (lending_id, lent_at) = (Some(lending_id), Some(lent_at));
        is_news.then(|| Self { lending_id, lent_at, ..self.told(None) })
    }

    /// Its next version, when lendings tell that it is kept for this hold from then on; none if that is no news.
    pub(crate) fn kept(&self, hold_id: Uuid, kept_at: Timestamp) -> Option<Self> {
        let is_news = Some((kept_at, hold_id)) > self.last();
        let (hold_id, kept_at) = (Some(hold_id), Some(kept_at));
        is_news.then(|| Self { hold_id, kept_at, ..self.told(Some(ItemStatus::AwaitingPickup)) })
    }

    /// Its next version, when lendings tell that this hold has ended; none if it isn't kept for that one.
    pub(crate) fn released(&self, hold_id: Uuid) -> Option<Self> {
        self.is_kept_for(hold_id).then(|| self.told(None))
    }

    fn is_kept_for(&self, hold_id: Uuid) -> bool {
        self.circulates && self.last() == self.kept_at.map(|kept_at| (kept_at, hold_id))
    }

    /// Whether somebody has it, or it is kept for them.
    pub(crate) const fn is_out(&self) -> bool {
        self.circulates || is_of_lendings(self.status)
    }

    /// Of its lendings and holds the one that began last.
    fn last(&self) -> Option<(Timestamp, Uuid)> {
        self.lent_at.zip(self.lending_id).max(self.kept_at.zip(self.hold_id))
    }

    /// It circulates like that from now on, or is back. What a librarian said of it meanwhile, such as that it is lost, stays.
    fn told(&self, out: Option<ItemStatus>) -> Self {
        let follows = self.status == ItemStatus::Available || is_of_lendings(self.status);
        let status = if follows { out.unwrap_or(ItemStatus::Available) } else { self.status };
        let (circulates, version, updated_at) = (out.is_some(), self.version + 1, clock::now());
        Self { status, circulates, version, updated_at, ..self.clone() }
    }

    /// What is said of it.
    pub(crate) fn fields(&self) -> ItemFields {
        let Self { barcode, location, call_number, item_type, status, .. } = self.clone();
        ItemFields { barcode, location, call_number, item_type, status }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_follows_another_as_the_table_says() {
        use ItemStatus::{AwaitingPickup, InRepair, Lost, OnLoan, Withdrawn};
        let never =
            [(OnLoan, Withdrawn), (AwaitingPickup, Withdrawn), (Withdrawn, InRepair), (Withdrawn, Lost)];
        for from in ItemStatus::ALL {
            for to in ItemStatus::ALL {
                let may = !never.contains(&(from, to)) && (from == to || !is_of_lendings(to));
                assert_eq!(may_follow(from, to), may, "{from} to {to}");
            }
        }
    }
}
