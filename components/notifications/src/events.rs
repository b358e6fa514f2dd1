//! What notifications does on events.

mod learning;

use lyceum_event_types::{
    auth::{AddressChanged, UserCreated},
    lendings::{HoldDelayed, HoldReady, LendingDueSoon, LendingOverdue},
    notifications::{Channel, DeliveryRequested, NotificationSent},
};
use lyceum_kit::{erasure, mail, prelude::*, text::Name};

pub(crate) use self::learning::{
    achievement_earned, assignment_due_soon, certificate_issued, enrolled, not_enrolled, waits_for_a_place,
};
use crate::domain::{Delivery, DeliveryStatus, Outcome};
use crate::letter::Letter;
use crate::live::{MessageArrived, inbox};
use crate::preferences;
use crate::store::{self, Address};

/// Greets in the inbox and by mail. Who was taken over from an older system is not new.
pub(crate) fn welcome(received: &Received, user: &UserCreated) -> Result<(), EventError> {
    if erasure::is_erased(user.user_id)? {
        return Ok(());
    }
    // What happened can't be refused, however old the event is.
    let display_name = String::from(Name::nearest(&user.display_name));
    let sequence = sequence_of(received);
    let later = store::address_after(user.user_id, sequence)?;
    let address =
        Address { address: later.unwrap_or_else(|| user.email.clone()), display_name: display_name.clone() };
    let reached = received.begin().execute(store::reach(user.user_id, &address, sequence));
    let welcome = Letter::Welcome { display_name };
    tell(reached, user.user_id, &welcome, Some(&address), |_| !user.imported).commit()?;
    Ok(())
}

/// Where the event stands among auth's about the person.
fn sequence_of(received: &Received) -> i64 {
    received.sequence.and_then(|sequence| i64::try_from(sequence).ok()).unwrap_or_default()
}

/// Mail reaches the person elsewhere from now on.
pub(crate) fn address_changed(received: &Received, changed: &AddressChanged) -> Result<(), EventError> {
    if erasure::is_erased(changed.user_id)? {
        return Ok(());
    }
    let moved = store::move_to(changed.user_id, &changed.email, sequence_of(received));
    let known = erasure::unless_erased(changed.user_id);
    match received.begin().execute_all(moved).execute(known).commit() {
        // Told already, or by a later event.
        Ok(_) | Err(TransactionError::Sql(SqlError::Expectation(0))) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Tells a person what another service says, by the ways that they chose. The letter is made with their name, which is
/// empty if it isn't known; then no mail can be sent either.
fn inform(received: &Received, user_id: UserId, letter: impl Fn(String) -> Letter) -> Result<(), EventError> {
    inform_all(received, &[user_id], letter)
}

/// The same for several people, all of them or nobody.
fn inform_all(
    received: &Received,
    user_ids: &[UserId],
    letter: impl Fn(String) -> Letter,
) -> Result<(), EventError> {
    let mut transaction = received.begin();
    for user_id in user_ids.iter().copied() {
        if erasure::is_erased(user_id)? {
            continue;
        }
        let address = store::address(user_id)?;
        let name = address.as_ref().map_or_else(String::new, |address| address.display_name.clone());
        let letter = letter(name);
        let preference = preferences::of_kind(&store::preferences(user_id)?, letter.kind());
        let takes = |channel| preference.takes(channel);
        if let Some(Address { address, .. }) = address.as_ref().filter(|_| takes(Channel::Email)) {
            // What is told at the moment of a change goes to the new address.
            transaction = transaction.execute(store::still_at(user_id, address)).expect_rows(1);
        }
        transaction = tell(transaction, user_id, &letter, address.as_ref(), takes);
    }
    transaction.commit()?;
    Ok(())
}

fn tell(
    transaction: Transaction<Silent>,
    user_id: UserId,
    letter: &Letter,
    address: Option<&Address>,
    takes: impl Fn(Channel) -> bool,
) -> Transaction<Silent> {
    let now = clock::now();
    let mut transaction = transaction.execute(erasure::unless_erased(user_id));
    if takes(Channel::InApp) {
        let id = ids::new();
        transaction = transaction
            .execute(store::insert_message(id, user_id, letter, now))
            .announce(&inbox(user_id), &MessageArrived::new(id, letter, now));
    }
    if let Some(Address { address, .. }) = address.filter(|_| takes(Channel::Email)) {
        let requested = DeliveryRequested { delivery_id: ids::new(), user_id };
        transaction =
            transaction.execute(store::insert_delivery(requested, address, letter, now)).publish(&requested);
    }
    transaction
}

/// A copy is to be back soon.
pub(crate) fn due_soon(received: &Received, due: &LendingDueSoon) -> Result<(), EventError> {
    inform(received, due.user_id, |display_name| {
        let (book, number, due_on) = (due.title.clone(), due.number.clone(), due.due_on.clone());
        Letter::LoanDueSoon { display_name, book, number, due_on }
    })
}

/// A copy is late.
pub(crate) fn overdue(received: &Received, late: &LendingOverdue) -> Result<(), EventError> {
    inform(received, late.user_id, |display_name| {
        let (book, number, due_on) = (late.title.clone(), late.number.clone(), late.due_on.clone());
        Letter::LoanOverdue { display_name, book, number, due_on }
    })
}

/// A copy is kept.
pub(crate) fn hold_ready(received: &Received, ready: &HoldReady) -> Result<(), EventError> {
    inform(received, ready.user_id, |display_name| {
        let (book, pickup_until) = (ready.title.clone(), ready.pickup_until.clone());
        Letter::HoldReady { display_name, book, pickup_until }
    })
}

/// A copy that was kept can't be lent any more.
pub(crate) fn hold_delayed(received: &Received, delayed: &HoldDelayed) -> Result<(), EventError> {
    inform(received, delayed.user_id, |display_name| {
        let book = delayed.title.clone();
        Letter::HoldDelayed { display_name, book }
    })
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
                kind: delivery.letter.kind(),
                channel: Channel::Email,
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
