//! Circulation: what is lent, kept for somebody and owed.
//!
//! Days are those of UTC, as `YYYY-MM-DD`. An event names the reader by their record and by their account.

use lyceum_kit::{
    prelude::{Timestamp, UserId, Uuid},
    text_enum,
};
use serde::{Deserialize, Serialize};

use crate::event;

/// A copy was lent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LendingStarted {
    /// The lending.
    pub lending_id: Uuid,
    /// The year and a count from 1 in it, such as `2026/17`; no other lending has it.
    pub number: String,
    /// The book.
    pub book_id: Uuid,
    /// The copy; none if the book was lent without saying which.
    pub item_id: Option<Uuid>,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// The book's genre, as far as lendings knows it.
    pub genre_id: Option<Uuid>,
    /// The hold that it fulfils.
    #[serde(default)]
    pub hold_id: Option<Uuid>,
    /// When it was lent.
    pub started_at: Timestamp,
    /// The day on which it was lent.
    pub started_on: String,
    /// The last day on which it may come back without being late.
    pub due_on: String,
}
event!(LendingStarted, "lyceum.lendings.LendingStarted.v1", about "lending" in lending_id);

/// A copy came back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LendingReturned {
    /// The lending.
    pub lending_id: Uuid,
    /// Its number.
    pub number: String,
    /// The book.
    pub book_id: Uuid,
    /// The copy; none if the book was lent without saying which.
    pub item_id: Option<Uuid>,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// The book's genre, as far as lendings knew it when the copy was lent.
    pub genre_id: Option<Uuid>,
    /// When it was lent.
    pub started_at: Timestamp,
    /// The last day on which it could come back without being late.
    pub due_on: String,
    /// When it came back.
    pub returned_at: Timestamp,
    /// How many days after `due_on`; 0 if it wasn't late.
    pub days_overdue: u32,
    /// What it cost, in cents; 0 if nothing.
    pub fine_cents: i64,
}
event!(LendingReturned, "lyceum.lendings.LendingReturned.v1", about "lending" in lending_id);

/// A reader may keep a copy longer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LendingRenewed {
    /// The lending.
    pub lending_id: Uuid,
    /// Its number.
    pub number: String,
    /// The book.
    pub book_id: Uuid,
    /// The copy; none if the book was lent without saying which.
    pub item_id: Option<Uuid>,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// The last day of before.
    pub was_due_on: String,
    /// The last day on which it may come back without being late.
    pub due_on: String,
    /// How often it was renewed, with this time.
    pub renewals: u32,
    /// When it was renewed.
    pub renewed_at: Timestamp,
}
event!(LendingRenewed, "lyceum.lendings.LendingRenewed.v1", about "lending" in lending_id);

/// A copy is to be back soon. Told once a day from two days before the last one on, until it is back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LendingDueSoon {
    /// The lending.
    pub lending_id: Uuid,
    /// Its number.
    pub number: String,
    /// The book.
    pub book_id: Uuid,
    /// Its title, as far as lendings knows it.
    pub title: Option<String>,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// The last day on which it may come back without being late.
    pub due_on: String,
    /// How many days are left; 0 on the last one.
    pub days_left: u32,
}
event!(LendingDueSoon, "lyceum.lendings.LendingDueSoon.v1", about "lending" in lending_id);

/// A copy is late. Told once a day, until it is back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LendingOverdue {
    /// The lending.
    pub lending_id: Uuid,
    /// Its number.
    pub number: String,
    /// The book.
    pub book_id: Uuid,
    /// Its title, as far as lendings knows it.
    pub title: Option<String>,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// The last day on which it could come back without being late.
    pub due_on: String,
    /// How many days it is late.
    pub days_overdue: u32,
}
event!(LendingOverdue, "lyceum.lendings.LendingOverdue.v1", about "lending" in lending_id);

/// A reader waits for a book.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HoldPlaced {
    /// The hold.
    pub hold_id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// When it was placed.
    pub placed_at: Timestamp,
}
event!(HoldPlaced, "lyceum.lendings.HoldPlaced.v1", about "hold" in hold_id);

/// A copy is kept for a reader who waited for it: from now on this one, if another one was kept before.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HoldReady {
    /// The hold.
    pub hold_id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The copy.
    pub item_id: Uuid,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// The book's title, as far as lendings knows it.
    #[serde(default)]
    pub title: Option<String>,
    /// Since when it is kept.
    pub ready_at: Timestamp,
    /// The last day on which it is kept.
    pub pickup_until: String,
}
event!(HoldReady, "lyceum.lendings.HoldReady.v1", about "hold" in hold_id);

/// The copy that was kept for a reader can't be lent any more, since it is lost, being mended or withdrawn, and no other one is free:
/// they wait again, before all others.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HoldDelayed {
    /// The hold.
    pub hold_id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The copy that was kept.
    pub item_id: Uuid,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// The book's title, as far as lendings knows it.
    pub title: Option<String>,
    /// When they began to wait again.
    pub delayed_at: Timestamp,
}
event!(HoldDelayed, "lyceum.lendings.HoldDelayed.v1", about "hold" in hold_id);

/// A reader waits no more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HoldCancelled {
    /// The hold.
    pub hold_id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// When it was cancelled.
    pub cancelled_at: Timestamp,
}
event!(HoldCancelled, "lyceum.lendings.HoldCancelled.v1", about "hold" in hold_id);

/// A copy that was kept for a reader was not fetched in time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HoldExpired {
    /// The hold.
    pub hold_id: Uuid,
    /// The book.
    pub book_id: Uuid,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// When it was noticed.
    pub expired_at: Timestamp,
}
event!(HoldExpired, "lyceum.lendings.HoldExpired.v1", about "hold" in hold_id);

/// A copy came back late, which costs something.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FineCharged {
    /// The fine.
    pub fine_id: Uuid,
    /// The lending.
    pub lending_id: Uuid,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// How much, in cents; more than 0.
    pub amount_cents: i64,
    /// When it was charged.
    pub charged_at: Timestamp,
}
event!(FineCharged, "lyceum.lendings.FineCharged.v1", about "fine" in fine_id);

text_enum! {
    /// How a fine ended.
    pub enum Settlement {
        /// The reader paid it.
        Paid = "paid",
        /// The library doesn't want it.
        Waived = "waived",
    }
}

/// A fine is owed no more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FineSettled {
    /// The fine.
    pub fine_id: Uuid,
    /// The lending.
    pub lending_id: Uuid,
    /// The reader's record.
    pub reader_id: Uuid,
    /// The reader's account.
    pub user_id: UserId,
    /// How much it was, in cents.
    pub amount_cents: i64,
    /// How it ended.
    pub settlement: Settlement,
    /// When it ended.
    pub settled_at: Timestamp,
}
event!(FineSettled, "lyceum.lendings.FineSettled.v1", about "fine" in fine_id);
