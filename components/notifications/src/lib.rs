//! notifications: messages in a person's inbox and by mail.
//!
//! A message, its mail's delivery row and the event that asks for the sending are
//! committed together; only a committed row is sent, with the row's id as the
//! mail's, so that a repeated sending is the same mail. A mail that can't be sent
//! at present is tried again for five days, and then marked `failed`. Who has a
//! stream open hears of a message when it is committed.
//!
//! Start reading at `events`; the texts are in `templates`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod letter;
mod live;
mod routes;
mod store;

use lyceum_event_types::{
    auth::UserCreated,
    notifications::{DeliveryRequested, NotificationSent},
};

lyceum_kit::service! {
    name: "notifications",
    routes: routes::routes,
    migrations: [
        "0001-inbox", "0002-lists", "0003-of-a-person", "0004-erased" = lyceum_kit::erasure::ERASED,
    ],
    publishes: [DeliveryRequested, NotificationSent],
    on: {
        reaction: { UserCreated => events::welcome, DeliveryRequested => events::deliver },
        erase: store::erase,
    },
}
