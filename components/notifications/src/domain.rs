//! Messages, deliveries, and when a delivery is given up.

use std::time::Duration;

use lyceum_event_types::notifications::Kind;
use lyceum_kit::{mail::MailError, prelude::*};
use serde::{Deserialize, Serialize};

use crate::letter::Letter;

/// For how long sending a mail is tried. RFC 5321, section 4.5.4.1: "the give-up time generally needs to be at least 4-5
/// days".
pub(crate) const PATIENCE: Duration = Duration::from_hours(5 * 24);

/// A message in an inbox.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) created_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryStatus {
    /// To be sent.
    Pending,
    /// Handed to the mail server.
    Sent,
    /// Given up.
    Failed,
}

/// A mail and where it stands.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) address: String,
    pub(crate) letter: Letter,
    pub(crate) status: DeliveryStatus,
    pub(crate) attempts: u32,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
}

/// What follows from an attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is with the mail server.
    Sent,
    /// Nothing more will be tried, for this reason.
    GivenUp(String),
    /// Try again later, for this reason.
    Again(String),
}

impl DeliveryStatus {
    /// The name in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

impl FromValue for DeliveryStatus {
    fn from_value(value: Value) -> Option<Self> {
        let name = String::from_value(value)?;
        [Self::Pending, Self::Sent, Self::Failed].into_iter().find(|status| status.name() == name)
    }
}

impl Outcome {
    /// What follows from `result`, of a mail that was first to be sent `since` then.
    pub(crate) fn of(result: Result<(), MailError>, since: Timestamp, now: Timestamp) -> Self {
        match result {
            Ok(()) => Self::Sent,
            Err(MailError::Rejected(reason)) => Self::GivenUp(reason),
            Err(error) if now.since(since) > PATIENCE => Self::GivenUp(error.to_string()),
            Err(error) => Self::Again(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_micros(hour * 3_600_000_000)
    }

    #[test]
    fn a_wrong_address_is_given_up_at_once() {
        let rejected = Err(MailError::Rejected("no such mailbox".into()));
        assert_eq!(
            Outcome::of(rejected, clock::now(), clock::now()),
            Outcome::GivenUp("no such mailbox".into())
        );
    }

    #[test]
    fn an_unreachable_mail_server_is_tried_again_but_not_for_ever() {
        let refused = || Err(MailError::Unavailable("connection refused".into()));
        let after = |hours: i64| Outcome::of(refused(), at(0), at(hours));
        assert!(matches!(after(0), Outcome::Again(_)));
        assert!(matches!(after(5 * 24), Outcome::Again(_)));
        assert!(matches!(after(5 * 24 + 1), Outcome::GivenUp(reason) if reason.contains("refused")));
    }

    #[test]
    fn a_mail_that_was_sent_at_last_is_sent() {
        assert_eq!(Outcome::of(Ok(()), at(0), at(6 * 24)), Outcome::Sent);
    }

    #[test]
    fn status_has_the_same_name_everywhere() {
        for status in [DeliveryStatus::Pending, DeliveryStatus::Sent, DeliveryStatus::Failed] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
            assert_eq!(DeliveryStatus::from_value(Value::Text(status.name().into())), Some(status));
        }
    }
}
