//! Messages and mails. Each mail is an aggregate of its own, so that one that waits holds no other up.

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use lyceum_kit::text_enum;
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

text_enum! {
    /// What a notification is about.
    pub enum Kind {
        /// To somebody who has an account from now on.
        Welcome = "welcome",
        /// To somebody whose book is to be back soon.
        LoanDueSoon = "loan_due_soon",
        /// To somebody whose book is late.
        LoanOverdue = "loan_overdue",
        /// To somebody for whom a book is kept.
        HoldReady = "hold_ready",
        /// To somebody for whom a book was kept that can't be lent any more.
        HoldDelayed = "hold_delayed",
        /// To somebody who learns in a course from now on.
        EnrollmentConfirmed = "enrollment_confirmed",
        /// To somebody whose enrolment didn't come about.
        EnrollmentFailed = "enrollment_failed",
        /// To somebody who waits for a place in a course.
        EnrollmentWaitlisted = "enrollment_waitlisted",
        /// To somebody whose work is to be handed in soon.
        AssignmentDueSoon = "assignment_due_soon",
        /// To somebody who earned an achievement.
        AchievementEarned = "achievement_earned",
        /// To somebody for whom a certificate was made out.
        CertificateIssued = "certificate_issued",
    }
}

text_enum! {
    /// How a notification reaches somebody.
    pub enum Channel {
        /// By mail.
        Email = "email",
        /// In the inbox.
        InApp = "in_app",
    }
}
