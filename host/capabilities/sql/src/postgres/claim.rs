//! Which partitions of an outbox this host's relay holds: a session lock each, shared out evenly.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Statement};

use crate::event::PARTITIONS;

/// The lock that every relay shares, so that they can be counted.
const MEMBERS: i32 = 100;
/// The lock of a host that migrates.
const MIGRATION: i32 = 101;
/// The lock of a session that makes read models anew.
const REBUILD: i32 = 102;

/// How many relays there are, and how many of them come before this one.
pub(super) const RANK: &str = "SELECT count(*), count(*) FILTER (WHERE pid < pg_backend_pid()) FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $1 AND objid = 100
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
/// Takes those that are free, in this order, and not more than so many.
const TAKE: &str = "SELECT partition FROM unnest($2::integer[]) AS partition
     WHERE pg_try_advisory_lock($1, partition) LIMIT $3";
/// Gives back whatever partitions this session holds.
const GIVE_ALL_BACK: &str = "SELECT pg_advisory_unlock($1, objid::integer) FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $2 AND objid < 100
         AND pid = pg_backend_pid()
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
const LEAVE: &str = "SELECT pg_advisory_unlock_shared($1, $2)";
const GIVE_BACK: &str = "SELECT pg_advisory_unlock($1, partition) FROM unnest($2::integer[]) AS partition";

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

/// The same as the server shows it among the locks.
fn oid(class: i32) -> u32 {
    u32::from_ne_bytes(class.to_ne_bytes())
}

/// Waits until no other host migrates this service. Ends with the session.
pub(super) async fn lock_migrations(client: &Client, service: &str) -> Result<(), tokio_postgres::Error> {
    client.execute("SELECT pg_advisory_lock($1, $2)", &[&class(service), &MIGRATION]).await.map(|_| ())
}

/// Whether no other session makes this service's read models anew: then this one does, until its end.
pub(super) async fn begin_rebuilding(client: &Client, service: &str) -> Result<bool, tokio_postgres::Error> {
    client.query_one("SELECT pg_try_advisory_lock($1, $2)", &[&class(service), &REBUILD]).await?.try_get(0)
}

impl Claim {
    /// Joins the relays of a service, holding nothing yet.
    pub(super) async fn join(client: &Client, service: &str) -> Result<Self, tokio_postgres::Error> {
        let class = class(service);
        client.execute("SELECT pg_advisory_lock_shared($1, $2)", &[&class, &MEMBERS]).await?;
        Ok(Self { class, held: BTreeSet::new() })
    }

    /// Gives back what is more than this relay's share, and takes what is free of it. All shares together
    /// are all partitions, and no two differ by more than one.
    ///
    /// `rank` is [`RANK`], prepared.
    pub(super) async fn balance(
        &mut self,
        client: &Client,
        rank: &Statement,
    ) -> Result<(), tokio_postgres::Error> {
        let row = client.query_one(rank, &[&oid(self.class)]).await?;
        let share = share(row.try_get(0)?, row.try_get(1)?);
        if self.held.len() > share {
            let excess: Vec<i16> = self.held.iter().copied().skip(share).collect();
            let keys: Vec<i32> = excess.iter().copied().map(i32::from).collect();
            client.query(GIVE_BACK, &[&self.class, &keys]).await?;
            self.held.retain(|partition| !excess.contains(partition));
        } else if self.held.len() < share {
            let others: Vec<i32> =
                (0..PARTITIONS).filter(|partition| !self.held.contains(partition)).map(i32::from).collect();
            let missing = i64::try_from(share - self.held.len()).unwrap_or_default();
            for row in client.query(TAKE, &[&self.class, &others, &missing]).await? {
                self.held.extend(i16::try_from(row.try_get::<_, i32>(0)?));
            }
        }
        Ok(())
    }

    /// Gives everything back and leaves the relays.
    pub(super) async fn leave(self, client: &Client) -> Result<(), tokio_postgres::Error> {
        // As the server has it: a step that failed may have taken some that are not known here.
        client.query(GIVE_ALL_BACK, &[&self.class, &oid(self.class)]).await?;
        client.query(LEAVE, &[&self.class, &MEMBERS]).await.map(|_| ())
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

/// How many partitions a relay holds, if so many others come before it.
fn share(members: i64, before: i64) -> usize {
    let (all, members) = (i64::from(PARTITIONS), members.max(1));
    usize::try_from(all / members + i64::from(before < all % members)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_complete() {
        for members in 1..=40 {
            let shares: Vec<usize> = (0..members).map(|before| share(members, before)).collect();
            assert_eq!(shares.iter().sum::<usize>(), 16, "{shares:?}");
            assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1, "{shares:?}");
        }
    }
}
