//! What lendings tell others, and what they hear of books, copies and readers.

use lyceum_event_types::books::{BookAdded, BookChanged, BookRemoved, ItemAdded, ItemChanged, ItemRemoved};
use lyceum_event_types::lendings::{
    FineCharged, FineSettled, HoldCancelled, HoldDelayed, HoldExpired, HoldPlaced, HoldReady, LendingDueSoon,
    LendingOverdue, LendingRenewed, LendingReturned, LendingStarted, Settlement,
};
use lyceum_event_types::readers::{ReaderAdded, ReaderChanged, ReaderRemoved};
use lyceum_kit::prelude::*;
use lyceum_kit::projection::Projection;

use crate::domain::{Day, Fine, Hold, Lending};
use crate::store::seen;

/// Who borrowed: the reader and their account.
pub(crate) type Borrower = (Uuid, UserId);

pub(crate) fn started(lending: &Lending, (reader_id, user_id): Borrower) -> LendingStarted {
    LendingStarted {
        lending_id: lending.id,
        number: lending.number.clone(),
        book_id: lending.book_id,
        item_id: lending.item_id,
        reader_id,
        user_id,
        genre_id: lending.genre_id,
        hold_id: lending.hold_id,
        started_at: lending.started_at,
        started_on: lending.started_on.to_string(),
        due_on: lending.due_on.to_string(),
    }
}

pub(crate) fn returned(lending: &Lending, (reader_id, user_id): Borrower) -> LendingReturned {
    LendingReturned {
        lending_id: lending.id,
        number: lending.number.clone(),
        book_id: lending.book_id,
        item_id: lending.item_id,
        reader_id,
        user_id,
        genre_id: lending.genre_id,
        started_at: lending.started_at,
        due_on: lending.due_on.to_string(),
        returned_at: lending.updated_at,
        days_overdue: lending.days_overdue,
        fine_cents: lending.fine_cents,
    }
}

pub(crate) fn renewed(lending: &Lending, was_due_on: Day, (reader_id, user_id): Borrower) -> LendingRenewed {
    LendingRenewed {
        lending_id: lending.id,
        number: lending.number.clone(),
        book_id: lending.book_id,
        item_id: lending.item_id,
        reader_id,
        user_id,
        was_due_on: was_due_on.to_string(),
        due_on: lending.due_on.to_string(),
        renewals: lending.renewals,
        renewed_at: lending.updated_at,
    }
}

pub(crate) fn due_soon(
    lending: &Lending,
    title: Option<String>,
    today: Day,
    (reader_id, user_id): Borrower,
) -> LendingDueSoon {
    LendingDueSoon {
        lending_id: lending.id,
        number: lending.number.clone(),
        book_id: lending.book_id,
        title,
        reader_id,
        user_id,
        due_on: lending.due_on.to_string(),
        days_left: lending.due_on.days_since(today),
    }
}

pub(crate) fn overdue(
    lending: &Lending,
    title: Option<String>,
    today: Day,
    (reader_id, user_id): Borrower,
) -> LendingOverdue {
    LendingOverdue {
        lending_id: lending.id,
        number: lending.number.clone(),
        book_id: lending.book_id,
        title,
        reader_id,
        user_id,
        due_on: lending.due_on.to_string(),
        days_overdue: today.days_since(lending.due_on),
    }
}

pub(crate) fn charged(fine: &Fine, (reader_id, user_id): Borrower) -> FineCharged {
    let Fine { id: fine_id, lending_id, amount_cents, charged_at, .. } = *fine;
    FineCharged { fine_id, lending_id, reader_id, user_id, amount_cents, charged_at }
}

pub(crate) fn settled(
    fine: &Fine,
    settlement: Settlement,
    settled_at: Timestamp,
    (reader_id, user_id): Borrower,
) -> FineSettled {
    let Fine { id: fine_id, lending_id, amount_cents, .. } = *fine;
    FineSettled { fine_id, lending_id, reader_id, user_id, amount_cents, settlement, settled_at }
}

pub(crate) fn placed(hold: &Hold, (reader_id, user_id): Borrower) -> HoldPlaced {
    let Hold { id: hold_id, book_id, placed_at, .. } = *hold;
    HoldPlaced { hold_id, book_id, reader_id, user_id, placed_at }
}

/// None if no copy is kept.
pub(crate) fn ready(hold: &Hold, title: Option<String>, (reader_id, user_id): Borrower) -> Option<HoldReady> {
    let Hold { id: hold_id, book_id, .. } = *hold;
    let (item_id, ready_at, pickup_until) = (hold.item_id?, hold.ready_at?, hold.pickup_until?.to_string());
    Some(HoldReady { hold_id, book_id, item_id, reader_id, user_id, title, ready_at, pickup_until })
}

/// Of a hold for which this copy was kept.
pub(crate) fn delayed(
    hold: &Hold,
    item_id: Uuid,
    title: Option<String>,
    (reader_id, user_id): Borrower,
) -> HoldDelayed {
    let Hold { id: hold_id, book_id, .. } = *hold;
    HoldDelayed { hold_id, book_id, item_id, reader_id, user_id, title, delayed_at: clock::now() }
}

pub(crate) fn cancelled(
    hold: &Hold,
    cancelled_at: Timestamp,
    (reader_id, user_id): Borrower,
) -> HoldCancelled {
    let Hold { id: hold_id, book_id, .. } = *hold;
    HoldCancelled { hold_id, book_id, reader_id, user_id, cancelled_at }
}

pub(crate) fn expired(hold: &Hold, expired_at: Timestamp, (reader_id, user_id): Borrower) -> HoldExpired {
    let Hold { id: hold_id, book_id, .. } = *hold;
    HoldExpired { hold_id, book_id, reader_id, user_id, expired_at }
}

pub(crate) fn book_added(projection: &Projection<'_>, book: &BookAdded) -> Result<(), EventError> {
    seen::book(projection, &book.book)
}

pub(crate) fn book_changed(projection: &Projection<'_>, book: &BookChanged) -> Result<(), EventError> {
    seen::book(projection, &book.book)
}

pub(crate) fn book_removed(projection: &Projection<'_>, book: &BookRemoved) -> Result<(), EventError> {
    seen::no_book(projection, book.book_id)
}

pub(crate) fn item_added(projection: &Projection<'_>, item: &ItemAdded) -> Result<(), EventError> {
    seen::item(projection, &item.item)
}

pub(crate) fn item_changed(projection: &Projection<'_>, item: &ItemChanged) -> Result<(), EventError> {
    seen::item(projection, &item.item)
}

pub(crate) fn item_removed(projection: &Projection<'_>, item: &ItemRemoved) -> Result<(), EventError> {
    seen::no_item(projection, item.item_id, item.book_id)
}

pub(crate) fn reader_added(projection: &Projection<'_>, reader: &ReaderAdded) -> Result<(), EventError> {
    seen::reader(projection, &reader.reader)
}

pub(crate) fn reader_changed(projection: &Projection<'_>, reader: &ReaderChanged) -> Result<(), EventError> {
    seen::reader(projection, &reader.reader)
}

pub(crate) fn reader_removed(projection: &Projection<'_>, reader: &ReaderRemoved) -> Result<(), EventError> {
    seen::no_reader(projection, reader.reader_id, reader.user_id)
}
