//! Which partitions of an outbox this host's relay holds: a session lock each, shared out evenly.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use crate::event::PARTITIONS;

/// The lock that every relay shares, so that they can be counted.
const MEMBERS: i32 = 100;
/// The lock of a host that migrates.
const MIGRATION: i32 = 101;

const COUNT: &str = "SELECT count(*) FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $1 AND objid = 100
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// The partitions that one session holds. The server takes them away with the session.
#[derive(Debug)]
pub(super) struct Claim {
    /// The first key of the service's locks: they are the whole database's, not the schema's.
    class: i32,
    held: BTreeSet<i16>,
}

/// The first key of a service's locks.
fn class(service: &str) -> i32 {
    let digest = Sha256::digest(service.as_bytes());
    digest.iter().take(4).fold(0, |key: i32, byte| (key << 8) | i32::from(*byte))
}

/// Waits until no other host migrates this service. Ends with the session.
pub(super) async fn lock_migrations(client: &Client, service: &str) -> Result<(), tokio_postgres::Error> {
    client.execute("SELECT pg_advisory_lock($1, $2)", &[&class(service), &MIGRATION]).await.map(|_| ())
}

impl Claim {
    /// Joins the relays of a service, holding nothing yet.
    pub(super) async fn join(client: &Client, service: &str) -> Result<Self, tokio_postgres::Error> {
        let class = class(service);
        client.execute("SELECT pg_advisory_lock_shared($1, $2)", &[&class, &MEMBERS]).await?;
        Ok(Self { class, held: BTreeSet::new() })
    }

    /// Gives back what is more than an even share and takes what is free of it.
    pub(super) async fn balance(&mut self, client: &Client) -> Result<(), tokio_postgres::Error> {
        let members: i64 =
            client.query_one(COUNT, &[&u32::from_ne_bytes(self.class.to_ne_bytes())]).await?.try_get(0)?;
        let members = usize::try_from(members).unwrap_or_default().max(1);
        let share = usize::from(PARTITIONS.unsigned_abs()).div_ceil(members);
        while self.held.len() > share {
            let Some(partition) = self.held.pop_last() else { break };
            client
                .execute("SELECT pg_advisory_unlock($1, $2)", &[&self.class, &i32::from(partition)])
                .await?;
        }
        for partition in 0..PARTITIONS {
            if self.held.len() >= share {
                break;
            }
            if self.held.contains(&partition) {
                continue;
            }
            let locked = "SELECT pg_try_advisory_lock($1, $2)";
            if client.query_one(locked, &[&self.class, &i32::from(partition)]).await?.try_get(0)? {
                self.held.insert(partition);
            }
        }
        Ok(())
    }

    /// The partitions, in order.
    pub(super) fn partitions(&self) -> Vec<i16> {
        self.held.iter().copied().collect()
    }

    /// The partitions as bits.
    pub(super) fn bits(&self) -> u16 {
        self.held.iter().fold(0, |bits, partition| bits | (1 << partition))
    }
}
