//! Deliveries in the database.

use lyceum_event_types::notifications::DeliveryRequested;
use lyceum_kit::prelude::*;

use crate::domain::{Delivery, DeliveryStatus};
use crate::letter::Letter;

impl FromRow for Delivery {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        let AsJson(letter) = row.take("letter")?;
        Ok(Self {
            id: row.take("id")?,
            user_id: row.take("user_id")?,
            address: row.take("address")?,
            letter,
            status: row.take("status")?,
            attempts: row.take("attempts")?,
            last_error: row.take("last_error")?,
            created_at: row.take("created_at")?,
            sent_at: row.take("sent_at")?,
        })
    }
}

/// A new mail that is to be sent.
pub(crate) fn insert_delivery(
    requested: DeliveryRequested,
    address: &str,
    letter: &Letter,
    now: Timestamp,
) -> Statement {
    let text = "INSERT INTO deliveries (id, user_id, kind, address, letter, status, attempts, \
                created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)";
    let DeliveryRequested { delivery_id, user_id } = requested;
    let (kind, pending) = (letter.kind(), DeliveryStatus::Pending.name());
    statement(text, params![delivery_id, user_id, kind, address, AsJson(letter), pending, now])
}

/// The delivery with this id.
pub(crate) fn find_delivery(id: Uuid) -> Result<Option<Delivery>, SqlError> {
    let text = "SELECT id, user_id, address, letter, status, attempts, last_error, created_at, sent_at \
                FROM deliveries WHERE id = $1";
    query_optional(statement(text, params![id]))
}

/// Deliveries before this one, newest first.
pub(crate) fn list_deliveries(
    status: Option<DeliveryStatus>,
    before: Uuid,
    limit: i64,
) -> Result<Vec<Delivery>, SqlError> {
    let statement = match status {
        Some(status) => statement(
            "SELECT id, user_id, address, letter, status, attempts, last_error, created_at, sent_at \
             FROM deliveries WHERE id < $1 AND status = $3 ORDER BY id DESC LIMIT $2",
            params![before, limit, status.name()],
        ),
        None => statement(
            "SELECT id, user_id, address, letter, status, attempts, last_error, created_at, sent_at \
             FROM deliveries WHERE id < $1 ORDER BY id DESC LIMIT $2",
            params![before, limit],
        ),
    };
    query_all(statement)
}

/// The mail was sent.
pub(crate) fn mark_sent(id: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE deliveries SET status = $2, attempts = attempts + 1, last_error = NULL, updated_at = $3, \
                sent_at = $3 WHERE id = $1 AND status = $4";
    let (sent, pending) = (DeliveryStatus::Sent.name(), DeliveryStatus::Pending.name());
    statement(text, params![id, sent, now, pending]).expect_rows(1)
}

/// Sending the mail failed, and this is its status now.
pub(crate) fn mark_tried(id: Uuid, status: DeliveryStatus, reason: &str, now: Timestamp) -> Statement {
    let text = "UPDATE deliveries SET status = $2, attempts = attempts + 1, last_error = $3, updated_at = $4 \
                WHERE id = $1 AND status = $5";
    let pending = DeliveryStatus::Pending.name();
    statement(text, params![id, status.name(), reason, now, pending]).expect_rows(1)
}
