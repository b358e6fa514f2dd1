//! What notifications publishes, and what it does on events.

use lyceum_kit::{mail, prelude::*, text::Name};
use serde::{Deserialize, Serialize};

use crate::domain::{Delivery, DeliveryStatus, Outcome};
use crate::letter::{Kind, Letter};
use crate::live::{MessageArrived, inbox};
use crate::store;

/// A mail is to be sent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct DeliveryRequested {
    pub(crate) delivery_id: Uuid,
    pub(crate) user_id: Uuid,
}

/// A mail was handed to the mail server.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct NotificationSent {
    delivery_id: Uuid,
    user_id: Uuid,
    kind: Kind,
    channel: &'static str,
    sent_at: Timestamp,
}

// Each mail is an aggregate of its own, so that one that waits holds no other up.
impl Event for DeliveryRequested {
    const KIND: &'static str = "lyceum.notifications.DeliveryRequested.v1";
    const AGGREGATE_TYPE: &'static str = "delivery";
    fn aggregate_id(&self) -> String {
        self.delivery_id.to_string()
    }
}

impl Event for NotificationSent {
    const KIND: &'static str = "lyceum.notifications.NotificationSent.v1";
    const AGGREGATE_TYPE: &'static str = "delivery";
    fn aggregate_id(&self) -> String {
        self.delivery_id.to_string()
    }
}

#[derive(Debug, Deserialize)]
struct UserCreated {
    user_id: Uuid,
    email: String,
    display_name: String,
}

/// Handles an event that notifications subscribes to.
pub(crate) fn on_event(received: &Received) -> Result<(), EventError> {
    match received.kind.as_str() {
        "lyceum.auth.UserCreated.v1" => welcome(received, &received.decode()?),
        DeliveryRequested::KIND => deliver(received, received.decode()?),
        _ => Err(received.unknown()),
    }
}

/// Greets in the inbox, and asks for the mail.
fn welcome(received: &Received, user: &UserCreated) -> Result<(), EventError> {
    // What happened can't be refused, however old the event is.
    let letter = Letter::Welcome { display_name: Name::nearest(&user.display_name).into() };
    let (message_id, delivery_id, now) = (ids::new(), ids::new(), clock::now());
    let requested = DeliveryRequested { delivery_id, user_id: user.user_id };
    received
        .begin()
        .execute(store::insert_message(message_id, user.user_id, &letter, now))
        .execute(store::insert_delivery(requested, message_id, &user.email, &letter, now))
        .publish(&requested)
        .announce(&inbox(user.user_id), &MessageArrived::new(message_id, &letter, now))
        .commit()?;
    Ok(())
}

/// Sends a mail unless that is settled already.
fn deliver(received: &Received, requested: DeliveryRequested) -> Result<(), EventError> {
    let delivery = store::find_delivery(requested.delivery_id)?;
    let delivery = delivery.ok_or_else(|| EventError::failed("there is no such delivery"))?;
    if delivery.status != DeliveryStatus::Pending {
        return Ok(());
    }
    let rendered = delivery.letter.render().map_err(EventError::failed)?;
    let result = mail::send(mail::Message {
        id: delivery.id.to_string(),
        to: delivery.address.clone(),
        subject: rendered.subject.to_owned(),
        text: rendered.text,
        html: Some(rendered.html),
    });
    settle(received, &delivery, Outcome::of(result, delivery.created_at, clock::now()))
}

fn settle(received: &Received, delivery: &Delivery, outcome: Outcome) -> Result<(), EventError> {
    let now = clock::now();
    match outcome {
        Outcome::Sent => {
            let sent = NotificationSent {
                delivery_id: delivery.id,
                user_id: delivery.user_id,
                kind: delivery.letter.kind(),
                channel: "email",
                sent_at: now,
            };
            received.begin().execute(store::mark_sent(delivery.id, now)).publish(&sent).commit()?;
        }
        Outcome::GivenUp(reason) => {
            log::warn(format!("mail {} is given up: {reason}", delivery.id));
            let status = DeliveryStatus::Failed;
            received.begin().execute(store::mark_tried(delivery.id, status, &reason, now)).commit()?;
        }
        Outcome::Again(reason) => {
            // The event stays unhandled, but this attempt counts.
            let counted = store::mark_tried(delivery.id, DeliveryStatus::Pending, &reason, now);
            received.without_once().begin().execute(counted).commit()?;
            return Err(EventError::unavailable(reason));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    fn check<E: Event>(event: &E, schema: &str) {
        let schema: Json = serde_json::from_str(schema).unwrap();
        assert_eq!(schema["title"], E::KIND);
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let data = serde_json::to_value(event).unwrap();
        let errors: Vec<String> = validator.iter_errors(&data).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let known = schema["properties"].as_object().unwrap();
        assert!(data.as_object().unwrap().keys().all(|field| known.contains_key(field)), "{data}");
    }

    #[test]
    fn published_events_are_as_their_schemas_say() {
        let requested = DeliveryRequested { delivery_id: ids::new(), user_id: ids::new() };
        check(&requested, include_str!("../events/DeliveryRequested.v1.schema.json"));
        let sent = NotificationSent {
            delivery_id: requested.delivery_id,
            user_id: requested.user_id,
            kind: Kind::Welcome,
            channel: "email",
            sent_at: clock::now(),
        };
        check(&sent, include_str!("../events/NotificationSent.v1.schema.json"));
    }

    #[test]
    fn an_unknown_event_is_an_error_and_not_forgotten() {
        let body = br#"{"id":"e1","type":"lyceum.other.Thing.v1","source":"/services/other"}"#;
        let received = Received::parse("notifications", body).unwrap();
        assert!(on_event(&received).unwrap_err().to_string().contains("lyceum.other.Thing.v1"));
    }
}
