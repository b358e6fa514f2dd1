//! Mails and where they stand, for administrators.

use lyceum_event_types::notifications::Kind;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::{Delivery, DeliveryStatus};
use crate::store;

/// A mail and where it stands.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct DeliveryView {
    /// Also the mail's Message-ID.
    id: Uuid,
    user_id: Uuid,
    kind: Kind,
    address: String,
    status: DeliveryStatus,
    /// How often sending was tried.
    attempts: u32,
    /// Why the last try failed.
    last_error: Option<String>,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
}

/// Which deliveries are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// Only those that stand there.
    status: Option<DeliveryStatus>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            user_id: delivery.user_id.uuid(),
            kind: delivery.letter.kind(),
            address: delivery.address,
            status: delivery.status,
            attempts: delivery.attempts,
            last_error: delivery.last_error,
            created_at: delivery.created_at,
            sent_at: delivery.sent_at,
        }
    }
}

/// Everybody's mails, newest first.
#[utoipa::path(get, path = "/api/v1/notifications/deliveries", params(Filter,
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Listed<DeliveryView>)))]
pub(super) async fn list_deliveries(page: Page, Query(filter): Query<Filter>) -> Result<Response, Problem> {
    let before = page.after()?.unwrap_or(Uuid::max());
    let rows = store::list_deliveries(filter.status, before, page.rows_to_fetch())?;
    Ok(page.answer(rows, |delivery| delivery.id, DeliveryView::from))
}
