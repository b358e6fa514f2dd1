//! Which of several hosts relays a service's events.
//!
//! One at a time does: it holds a lease of some seconds and renews it. When it ends or hangs, another one takes over.
//! A host that hangs and comes back may publish what another one published meanwhile; the bus knows these events by
//! their ids, and none of them is out of order, see the relay. So a clock that is wrong costs work, not order.

use std::time::{Duration, Instant};

use mongodb::bson::doc;
use uuid::Uuid;

use super::Shared;
use super::ask::{Failure, ask};
use crate::Error;

const COLLECTION: &str = "lyceum_leases";
const NAME: &str = "relay";
const LASTS: Duration = Duration::from_secs(5);
const RENEWED: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Lease {
    owner: String,
    renewed: Option<Instant>,
}

impl Lease {
    pub(super) fn new() -> Self {
        Self { owner: Uuid::now_v7().to_string(), renewed: None }
    }

    /// Whether it is this host's, now and for some seconds.
    pub(super) async fn hold(&mut self, shared: &Shared, deadline: Instant) -> Result<bool, Error> {
        if self.renewed.is_some_and(|at| at.elapsed() < RENEWED) {
            return Ok(true);
        }
        self.renewed = None;
        let asked = Instant::now();
        let now = shared.clock.micros();
        let until = now.saturating_add(i64::try_from(LASTS.as_micros()).unwrap_or(i64::MAX));
        let leases = shared.collection(COLLECTION);
        let free = doc! { "$or": [{ "owner": &self.owner }, { "until": { "$lt": now } }] };
        let update = leases.update_one(
            doc! { "$and": [{ "_id": NAME }, free] },
            doc! { "$set": { "owner": &self.owner, "until": until } },
        );
        let taken = ask(deadline, async { update.await.map(|result| result.matched_count == 1) }).await;
        let held = if taken.map_err(Failure::into_error)? {
            true
        } else {
            let insert = leases.insert_one(doc! { "_id": NAME, "owner": &self.owner, "until": until });
            match ask(deadline, async { insert.await.map(|_| ()) }).await {
                Ok(()) => true,
                Err(Failure::Exists) => false,
                Err(failure) => return Err(failure.into_error()),
            }
        };
        self.renewed = held.then_some(asked);
        Ok(held)
    }

    /// Lets another host take over at once.
    pub(super) async fn release(&mut self, shared: &Shared, deadline: Instant) {
        self.renewed = None;
        let leases = shared.collection(COLLECTION);
        let update = leases
            .update_one(doc! { "_id": NAME, "owner": &self.owner }, doc! { "$set": { "until": 0_i64 } });
        // If this fails, the lease ends by itself.
        let _ = ask(deadline, async { update.await.map(|_| ()) }).await;
    }
}
