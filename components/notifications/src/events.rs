//! What notifications does on events.

use lyceum_event_types::{
    auth::UserCreated,
    notifications::{self, DeliveryRequested, NotificationSent},
};
use lyceum_kit::{erasure, mail, prelude::*, text::Name};

use crate::domain::{Delivery, DeliveryStatus, Outcome};
use crate::letter::Letter;
use crate::live::{MessageArrived, inbox};
use crate::store;

/// Greets in the inbox, and asks for the mail.
pub(crate) fn welcome(received: &Received, user: &UserCreated) -> Result<(), EventError> {
    if erasure::is_erased(user.user_id)? {
        return Ok(());
    }
    // What happened can't be refused, however old the event is.
    let letter = Letter::Welcome { display_name: Name::nearest(&user.display_name).into() };
    let (message_id, delivery_id, now) = (ids::new(), ids::new(), clock::now());
    let requested = DeliveryRequested { delivery_id, user_id: user.user_id };
    received
        .begin()
        .execute(erasure::unless_erased(user.user_id))
        .execute(store::insert_message(message_id, user.user_id, &letter, now))
        .execute(store::insert_delivery(requested, message_id, &user.email, &letter, now))
        .publish(&requested)
        .announce(&inbox(user.user_id), &MessageArrived::new(message_id, &letter, now))
        .commit()?;
    Ok(())
}

/// Sends a mail unless that is settled already.
pub(crate) fn deliver(received: &Received, requested: &DeliveryRequested) -> Result<(), EventError> {
    let Some(delivery) = store::find_delivery(requested.delivery_id)? else {
        let erased = erasure::is_erased(requested.user_id)?;
        return if erased { Ok(()) } else { Err(EventError::failed("there is no such delivery")) };
    };
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
                kind: delivery.letter.kind().into(),
                channel: notifications::Channel::Email,
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
