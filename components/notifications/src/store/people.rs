//! Where people are reached, and how they want to be.

use lyceum_event_types::notifications::{Channel, Kind};
use lyceum_kit::prelude::*;

use crate::domain::DeliveryStatus;
use crate::preferences::Preference;

/// Where mails to a person go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    pub(crate) address: String,
    /// How they are greeted there.
    pub(crate) display_name: String,
}
from_row!(Address { address, display_name });

/// A person is reached there, as of this event of auth's about them, which says how they are greeted. If a later one has said where
/// they are reached, that stays.
pub(crate) fn reach(
    user_id: UserId,
    Address { address, display_name }: &Address,
    sequence: i64,
) -> Statement {
    let text = "INSERT INTO addresses (user_id, address, display_name, auth_sequence) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (user_id) DO UPDATE SET display_name = $3, \
                address = CASE WHEN addresses.auth_sequence <= $4 THEN $2 ELSE addresses.address END, \
                auth_sequence = CASE WHEN addresses.auth_sequence <= $4 THEN $4 ELSE addresses.auth_sequence END";
    statement(text, params![user_id, address, display_name, sequence])
}

/// A person is reached there from now on, and so are mails to them that wait. The first one misses its row if a later event of
/// auth's has said where they are reached. Who is not known yet is greeted as a reader until that event comes.
pub(crate) fn move_to(user_id: UserId, address: &str, sequence: i64) -> [Statement; 2] {
    let text = "INSERT INTO addresses (user_id, address, display_name, auth_sequence) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (user_id) DO UPDATE SET address = $2, auth_sequence = $4 \
                WHERE addresses.auth_sequence < $4";
    let waiting = "UPDATE deliveries SET address = $2 WHERE user_id = $1 AND status = $3";
    [
        statement(text, params![user_id, address, "reader", sequence]).expect_rows(1),
        statement(waiting, params![user_id, address, DeliveryStatus::Pending.name()]),
    ]
}

/// Finds the person if they are reached there still: expect one row.
pub(crate) fn still_at(user_id: UserId, address: &str) -> Statement {
    let text = "SELECT user_id FROM addresses WHERE user_id = $1 AND address = $2";
    statement(text, params![user_id, address])
}

/// Where a later event of auth's about the person than this one has said that they are reached.
pub(crate) fn address_after(user_id: UserId, sequence: i64) -> Result<Option<String>, SqlError> {
    let text = "SELECT address FROM addresses WHERE user_id = $1 AND auth_sequence > $2";
    let found: Option<(String,)> = query_optional(statement(text, params![user_id, sequence]))?;
    Ok(found.map(|(address,)| address))
}

/// Where a person is reached; none if that was never told.
pub(crate) fn address(user_id: UserId) -> Result<Option<Address>, SqlError> {
    let text = "SELECT address, display_name FROM addresses WHERE user_id = $1";
    query_optional(statement(text, params![user_id]))
}

struct Stored {
    kind: Kind,
    in_app: bool,
    email: bool,
}
from_row!(Stored { kind, in_app, email });

impl From<Stored> for Preference {
    fn from(Stored { kind, in_app, email }: Stored) -> Self {
        let ways = [(Channel::Email, email), (Channel::InApp, in_app)];
        let channels: Vec<_> = ways.into_iter().filter_map(|(way, on)| on.then_some(way)).collect();
        Self { notification_type: kind, enabled: !channels.is_empty(), channels }
    }
}

/// What a person has chosen.
pub(crate) fn preferences(user_id: UserId) -> Result<Vec<Preference>, SqlError> {
    let text = "SELECT kind, in_app, email FROM preferences WHERE user_id = $1";
    let stored: Vec<Stored> = query_all(statement(text, params![user_id]))?;
    Ok(stored.into_iter().map(Preference::from).collect())
}

/// A person chooses this, and nothing of what they chose before.
pub(crate) fn choose(user_id: UserId, chosen: &[Preference]) -> Vec<Statement> {
    let forget = statement("DELETE FROM preferences WHERE user_id = $1", params![user_id]);
    let text = "INSERT INTO preferences (user_id, kind, in_app, email) VALUES ($1, $2, $3, $4)";
    let keep = chosen.iter().map(|preference| {
        let takes = |way| preference.takes(way);
        let (in_app, email) = (takes(Channel::InApp), takes(Channel::Email));
        statement(text, params![user_id, preference.notification_type, in_app, email])
    });
    [forget].into_iter().chain(keep).collect()
}
