//! notifications: messages in a person's inbox and by mail.
//!
//! A message, its mail's delivery row and the event that asks for the sending are
//! committed together; only a committed row is sent, with the row's id as the
//! mail's, so that a repeated sending is the same mail. A mail that can't be sent
//! at present is tried again for five days, and then marked `failed`. Who has a
//! stream open hears of a message when it is committed. Of most things people choose
//! whether they hear, and by which ways. An address is known from auth's events about
//! the account: what waits to be sent when it changes goes to the new one.
//!
//! Start reading at `events`; the texts are in `templates`.
#![forbid(unsafe_code)]

mod domain;
mod events;
mod letter;
mod live;
mod preferences;
mod routes;
mod store;

use lyceum_event_types::{
    auth::{AddressChanged, UserCreated},
    enrollments::{EnrollmentFailed, EnrollmentWaitlisted, UserEnrolled},
    lendings::{HoldDelayed, HoldReady, LendingDueSoon, LendingOverdue},
    notifications::{DeliveryRequested, NotificationSent},
    progress::{AchievementEarned, AssignmentDueSoon, CertificateIssued},
};

lyceum_kit::service! {
    name: "notifications",
    routes: routes::routes,
    migrations: [
        "0001-inbox", "0002-lists", "0003-of-a-person", "0004-erased" = lyceum_kit::erasure::ERASED,
        "0005-preferences", "0006-addresses",
    ],
    publishes: [DeliveryRequested, NotificationSent],
    on: {
        reaction: {
            UserCreated => events::welcome,
            AddressChanged => events::address_changed,
            DeliveryRequested => events::deliver,
            LendingDueSoon => events::due_soon,
            LendingOverdue => events::overdue,
            HoldReady => events::hold_ready,
            HoldDelayed => events::hold_delayed,
            UserEnrolled => events::enrolled,
            EnrollmentFailed => events::not_enrolled,
            EnrollmentWaitlisted => events::waits_for_a_place,
            AssignmentDueSoon => events::assignment_due_soon,
            AchievementEarned => events::achievement_earned,
            CertificateIssued => events::certificate_issued,
        },
        erase: store::erase,
    },
}
