//! A client before several addresses, which does as a load balancer would.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::Client;

use super::ask::{Question, Try};
use super::{Kind, Sample};

/// How many more addresses are tried after the first.
const MORE: usize = 2;

/// Asks one address after the other, in turn. What gets no answer, or is refused for now, is asked for again at another
/// address: reads and requests with a key may be. It never learns who is gone, which a real one does by looking at their health.
pub struct Balancer {
    addresses: RwLock<Vec<(String, Client)>>,
    turn: AtomicUsize,
}

impl Balancer {
    /// Before these, each with a name.
    pub fn new(addresses: impl IntoIterator<Item = (String, Client)>) -> Self {
        Self { addresses: RwLock::new(addresses.into_iter().collect()), turn: AtomicUsize::new(0) }
    }

    /// One more, from now on.
    pub fn add(&self, name: &str, client: Client) {
        self.addresses.write().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), client));
    }

    /// The addresses in the order in which a request is to try them.
    fn in_turn(&self) -> Vec<(String, Client)> {
        let mut addresses = self.addresses.read().unwrap_or_else(PoisonError::into_inner).clone();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let begin = turn % addresses.len().max(1);
        addresses.rotate_left(begin);
        addresses
    }

    pub(super) async fn ask(&self, question: &Question<'_>, kind: Kind, intended: Instant) -> Result<Sample> {
        let addresses = self.in_turn();
        ensure!(!addresses.is_empty(), "there is no address");
        let mut sample = None::<Sample>;
        // With two addresses, the first has another chance.
        for (name, client) in addresses.iter().cycle().take(1 + MORE) {
            let Try { outcome, is_worth_another } = question.ask(client).await?;
            let ended = Instant::now();
            let sample = sample.get_or_insert_with(|| Sample {
                kind,
                intended,
                address: name.clone(),
                first: outcome.clone(),
                first_ended: ended,
                last: outcome.clone(),
                last_ended: ended,
            });
            (sample.last, sample.last_ended) = (outcome, ended);
            if !is_worth_another {
                break;
            }
        }
        sample.ok_or_else(|| anyhow::anyhow!("nothing was asked"))
    }
}
