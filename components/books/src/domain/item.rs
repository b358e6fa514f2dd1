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
    barcode: String,
    /// Where it stands, such as a branch or a room: one line of at most 100 characters.
    location: Option<String>,
    /// Its place on the shelf, such as `869.3 P475`: one line of at most 100 characters.
    call_number: Option<String>,
    /// What kind of thing it is, such as `dvd`, where rules of circulation tell kinds apart: one line of at most 100
    /// characters.
    item_type: Option<String>,
    /// `available` if not said; a new copy can't be on loan.
    #[serde(default = "on_its_shelf")]
    status: ItemStatus,
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
}

impl From<Invalid> for ItemError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

/// Whether a copy may go from one status to another. Only what is on its shelf can be lent; what is on loan must come
/// back, or be given up for lost, before it can be withdrawn; what was withdrawn can be taken in again.
pub(crate) const fn may_follow(from: ItemStatus, to: ItemStatus) -> bool {
    use ItemStatus::{Available, InRepair, Lost, OnLoan, Withdrawn};
    match from {
        Available => true,
        OnLoan => matches!(to, OnLoan | Available | InRepair | Lost),
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
        valid.check("/status", status != ItemStatus::OnLoan, "ON_LOAN", "A new copy can't be on loan.");
        let nothing = Self {
            id: ids::new(),
            book_id,
            barcode: String::new(),
            location: None,
            call_number: None,
            item_type: None,
            status,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        nothing.checked(fields, valid)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: ItemFields) -> Result<Self, ItemError> {
        let to = fields.status;
        let changed = self.checked(fields, Validation::new())?;
        if may_follow(self.status, to) { Ok(changed) } else { Err(ItemError::Status(self.status, to)) }
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
        use ItemStatus::{InRepair, Lost, OnLoan, Withdrawn};
        let never = [
            (OnLoan, Withdrawn),
            (InRepair, OnLoan),
            (Lost, OnLoan),
            (Withdrawn, OnLoan),
            (Withdrawn, InRepair),
            (Withdrawn, Lost),
        ];
        for from in ItemStatus::ALL {
            for to in ItemStatus::ALL {
                assert_eq!(may_follow(from, to), !never.contains(&(from, to)), "{from} to {to}");
            }
        }
    }
}
