//! People who read and people who register, at a constant rate, whether or not earlier requests were answered.
//!
//! Such an open loop is what many people make who don't know of each other. A closed loop would wait for a lattice that
//! stands still, and so never see most of what its users see. For the same reason a latency begins when the request was
//! meant to be sent.

mod ask;
mod balancer;
mod rates;
mod sample;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use lyceum_end_to_end::client::Person;
use lyceum_faults::journal::Journal;
use lyceum_faults::load::People;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use ask::Question;
pub use balancer::Balancer;
pub use rates::Rates;
pub use sample::{Kind, Outcome, Sample};

/// So many requests may wait for their answers. What comes on top of it is not sent, but counted.
const IN_FLIGHT: usize = 2_000;

/// A load in the background.
pub struct Load {
    shared: Arc<Shared>,
    loops: Vec<JoinHandle<()>>,
}

struct Shared {
    balancer: Arc<Balancer>,
    reader: Person,
    paths: Vec<String>,
    people: Arc<People>,
    journal: Arc<Journal>,
    room: Arc<Semaphore>,
    samples: Mutex<Vec<Sample>>,
    unsent: AtomicUsize,
    enough: AtomicBool,
    wrong: Mutex<Option<anyhow::Error>>,
}

/// What became of all requests of a load.
#[derive(Debug)]
pub struct Outcomes {
    /// Each of them, in the order of their answers.
    pub samples: Vec<Sample>,
    /// How many were not sent, since too many others waited.
    pub unsent: usize,
}

impl Load {
    /// Begins. `reader` reads these in turn, `people` register, and the journal is told of the latter.
    pub fn start(
        balancer: &Arc<Balancer>,
        (reader, paths): (&Person, &[&str]),
        people: &Arc<People>,
        journal: &Arc<Journal>,
        rates: Rates,
    ) -> Self {
        let shared = Arc::new(Shared {
            balancer: Arc::clone(balancer),
            reader: reader.clone(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            people: Arc::clone(people),
            journal: Arc::clone(journal),
            room: Arc::new(Semaphore::new(IN_FLIGHT)),
            samples: Mutex::default(),
            unsent: AtomicUsize::new(0),
            enough: AtomicBool::new(false),
            wrong: Mutex::default(),
        });
        let kinds = [(Kind::Read, rates.reads), (Kind::Registration, rates.registrations)];
        let loops = kinds.map(|(kind, rate)| tokio::spawn(Arc::clone(&shared).send_all(kind, rate)));
        Self { shared, loops: loops.into() }
    }

    /// How many requests of this kind were answered well by now, with or without another try.
    pub fn done(&self, kind: Kind) -> usize {
        let samples = self.shared.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.iter().filter(|sample| sample.kind == kind && sample.last == Outcome::Good).count()
    }

    /// Sends nothing new, waits for all answers, and says what became of the requests.
    pub async fn stop(self) -> Result<Outcomes> {
        self.shared.enough.store(true, Ordering::Relaxed);
        for each in self.loops {
            each.await?;
        }
        // Whoever has all the room has waited for everybody.
        let room = u32::try_from(IN_FLIGHT)?;
        drop(self.shared.room.acquire_many(room).await?);
        if let Some(error) = self.shared.wrong.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(error);
        }
        let samples =
            std::mem::take(&mut *self.shared.samples.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Outcomes { samples, unsent: self.shared.unsent.load(Ordering::Relaxed) })
    }
}

impl Shared {
    async fn send_all(self: Arc<Self>, kind: Kind, rate: f64) {
        let begin = Instant::now();
        let mut paths = self.paths.clone().into_iter().cycle();
        for number in 0_u32.. {
            let path = paths.next().unwrap_or_default();
            let intended = begin + Duration::from_secs_f64(f64::from(number) / rate);
            tokio::time::sleep_until(intended.into()).await;
            if self.enough.load(Ordering::Relaxed) {
                return;
            }
            let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
                self.unsent.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            let shared = Arc::clone(&self);
            tokio::spawn(async move {
                shared.send(kind, &path, intended).await;
                drop(place);
            });
        }
    }

    async fn send(&self, kind: Kind, path: &str, intended: Instant) {
        let question = match kind {
            Kind::Read => Question::Read(&self.reader, path),
            Kind::Registration => Question::Registration(self.people.request(), &self.journal),
        };
        match self.balancer.ask(&question, kind, intended).await {
            Ok(sample) => self.samples.lock().unwrap_or_else(PoisonError::into_inner).push(sample),
            Err(error) => {
                self.wrong.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    }
}
