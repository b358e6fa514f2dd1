//! Messages and mails. Each mail is an aggregate of its own, so that one that waits holds no other up.

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// A mail is to be sent.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeliveryRequested {
    /// The delivery; also the mail's `Message-ID`.
    pub delivery_id: Uuid,
    /// The user.
    pub user_id: UserId,
}
event!(DeliveryRequested, "lyceum.notifications.DeliveryRequested.v1", about "delivery" in delivery_id);

/// A mail was handed to the mail server.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NotificationSent {
    /// The delivery; also the mail's `Message-ID`.
    pub delivery_id: Uuid,
    /// The user.
    pub user_id: UserId,
    /// What the notification is about.
    pub kind: Kind,
    /// How it was sent.
    pub channel: Channel,
    /// When it was sent.
    pub sent_at: Timestamp,
}
event!(NotificationSent, "lyceum.notifications.NotificationSent.v1", about "delivery" in delivery_id);

/// What a notification is about.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// To somebody who has an account from now on.
    Welcome,
}

/// How a notification is sent.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    Email,
}
