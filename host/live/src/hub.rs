//! Where messages meet those who wait for them.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, MissedTickBehavior};

use crate::channels::{Channels, Missed};
use crate::held::{Held, Parts};
use crate::message::Message;
use crate::options::Options;
use crate::position::Position;
use crate::reader::{Entry, Reader};
use crate::sessions::{Session, Sessions};
use crate::statistics::{Figures, Form, Statistics, count};

/// How often it is looked for what is too old.
const TIDY: Duration = Duration::from_secs(5);
/// Those who are not signed in.
const NOBODY: &str = "";
/// How long a connection that takes nothing outlives its stream's end.
const GRACE: Duration = Duration::from_secs(10);

/// The channels of one host.
#[derive(Debug)]
pub struct Hub {
    options: Options,
    state: Mutex<State>,
    /// Up to where everything was told, as it was known a moment ago. Every request asks for it, and shall not wait for
    /// thousands of readers who are being told something.
    head: Mutex<Position>,
    next: AtomicU64,
    statistics: Statistics,
}

#[derive(Debug, Default)]
struct State {
    channels: Channels,
    sessions: Sessions,
    open: usize,
    callers: HashMap<String, usize>,
    closed: bool,
}

/// What was told before a moment: see [`Hub::mark`].
#[derive(Clone, Copy, Debug)]
pub struct Mark(Position);

/// A stream or long poll that somebody asks for.
pub struct Asked {
    /// Whose channels.
    pub service: String,
    /// Which of them.
    pub channels: Vec<String>,
    /// Who asks, if that is known.
    pub caller: Option<String>,
    /// In which session, if that is known: it ends with it.
    pub session: Option<Session>,
    /// In which form it is answered.
    pub form: Form,
    /// How often something is sent where nothing happens, if the service says so.
    pub keep_alive: Option<Duration>,
    /// Until when the caller's rights are known.
    pub until: Option<SystemTime>,
    /// From before the request was handed to the service.
    pub since: Mark,
    /// Where the client was, as it says.
    pub last: Option<String>,
    /// Ends the connection at once, whatever it is at.
    pub cut: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Asked");
        debug.field("service", &self.service).field("channels", &self.channels).finish_non_exhaustive()
    }
}

/// Why it is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    /// The host has as many as it takes.
    #[error("this host keeps as many streams as it may")]
    Full,
    /// The caller has as many as one may have.
    #[error("the caller has as many streams as one may have")]
    OfOneCaller,
    /// The host stops.
    #[error("this host stops")]
    Closing,
}

impl Hub {
    /// Nobody waits, and nothing was told.
    pub fn new(options: Options) -> Arc<Self> {
        let (state, head) = (Mutex::default(), Mutex::default());
        Arc::new(Self { options, state, head, next: AtomicU64::default(), statistics: Statistics::default() })
    }

    /// From now on what is too old is forgotten and what doesn't end is cut off, until the hub is dropped. Must be called
    /// inside a tokio runtime.
    pub fn keep_tidy(self: &Arc<Self>) {
        let hub = Arc::downgrade(self);
        let mut looks = tokio::time::interval(TIDY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::spawn(async move {
            loop {
                looks.tick().await;
                let Some(hub) = hub.upgrade() else { return };
                hub.tidy();
            }
        });
    }

    fn tidy(&self) {
        let now = Instant::now();
        let late: Vec<_> = {
            let mut state = self.state();
            state.channels.forget(self.options.memory, self.options.memory_bytes);
            state.sessions.forget(self.options.memory);
            state.channels.readers().filter(|reader| reader.deadline + GRACE < now).cloned().collect()
        };
        for reader in late {
            reader.cut_off();
        }
    }

    /// What was told up to this position, or between two times at which it was listened, isn't known.
    pub fn begin(&self, position: Position) {
        {
            let mut state = self.state();
            state.channels.begin(position);
            state.sessions.begin();
        }
        self.set_head(position);
    }

    /// A message is told. Positions grow; one of another epoch begins anew.
    pub fn hear(&self, position: Position, message: Message) {
        count(&self.statistics.heard);
        let slow = {
            let mut state = self.state();
            state.sessions.hear(&message);
            let slow = state.channels.tell(position, message, self.options.queue);
            state.channels.forget(self.options.memory, self.options.memory_bytes);
            slow
        };
        self.set_head(position);
        for reader in slow.unwrap_or_default() {
            count(&self.statistics.slow);
            reader.cut_off();
        }
    }

    /// This moment, to be taken before a service is asked: what it commits or sees committed from then on is not missed.
    pub fn mark(&self) -> Mark {
        Mark(*self.head.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was told in vain, since it was told before, doesn't set it back.
    fn set_head(&self, position: Position) {
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        if head.epoch != position.epoch || head.number < position.number {
            *head = position;
        }
    }

    /// Begins to keep messages for somebody.
    ///
    /// # Errors
    /// [`NotHeld`] when there are too many already, or the host stops.
    pub fn hold(self: &Arc<Self>, asked: Asked) -> Result<Held, NotHeld> {
        let Asked { service, channels, caller, session, form, keep_alive, until, since, last, cut } = asked;
        let mut state = self.state();
        let caller = caller.unwrap_or_else(|| NOBODY.to_owned());
        self.admit(&state, &caller).inspect_err(|_| count(&self.statistics.refused))?;
        let now = Instant::now();
        let longest = until.map_or(self.options.longest, |until| {
            until.duration_since(self.options.clock.now()).unwrap_or_default().min(self.options.longest)
        });
        let (begins, missed) = self.missed(&state.channels, &service, &channels, since.0, last.as_deref());
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let reader = Reader::new(id, begins, now + longest, missed, cut);
        state.channels.join(&service, &channels, &reader);
        if let Some(session) = &session {
            state.sessions.join(session, &reader);
        }
        state.open += 1;
        *state.callers.entry(caller.clone()).or_default() += 1;
        drop(state);
        self.statistics.opened(form);
        let keep_alive = keep_alive.unwrap_or(self.options.keep_alive);
        let hub = Arc::clone(self);
        Ok(Held::new(Parts { hub, service, channels, caller, session, form, reader, begins, keep_alive }))
    }

    fn admit(&self, state: &State, caller: &str) -> Result<(), NotHeld> {
        if state.closed {
            return Err(NotHeld::Closing);
        }
        if state.open >= self.options.streams {
            return Err(NotHeld::Full);
        }
        let open = state.callers.get(caller).copied().unwrap_or_default();
        match caller {
            // Nobody tells them apart, so they leave half of the places to those who have signed in.
            NOBODY if open >= self.options.streams.div_ceil(2) => Err(NotHeld::Full),
            NOBODY => Ok(()),
            _ if open >= self.options.of_one_caller => Err(NotHeld::OfOneCaller),
            _ => Ok(()),
        }
    }

    /// Where somebody begins, and what they are told at once.
    fn missed(
        &self,
        known: &Channels,
        service: &str,
        channels: &[String],
        since: Position,
        last: Option<&str>,
    ) -> (Position, Vec<Entry>) {
        let messages = |missed: Vec<_>| missed.into_iter().map(Entry::Message);
        if let Some(last) = last
            && let Ok(last) = last.parse()
            && let Missed::Known(missed) = known.since(last, service, channels)
            && missed.len() <= self.options.queue
        {
            return (last, messages(missed).collect());
        }
        let (begins, missed) = match known.since(since, service, channels) {
            Missed::Known(missed) if missed.len() <= self.options.queue => (since, missed),
            _ => (known.head, Vec::new()),
        };
        // Who never was here has missed nothing, unless it is not known what came since they asked.
        let complete = last.is_none() && begins == since;
        if !complete {
            count(&self.statistics.resets);
        }
        let reset = (!complete).then_some(Entry::Reset(begins));
        (begins, reset.into_iter().chain(messages(missed)).collect())
    }

    /// Where a reader is for whom nothing waits.
    pub(crate) fn position_of(&self, reader: &Reader) -> Option<Position> {
        let state = self.state();
        reader.has_nothing().then(|| reader.or_after(state.channels.head))
    }

    pub(crate) fn leave(&self, held: &Held) {
        self.statistics.closed(held.form);
        let mut state = self.state();
        state.channels.leave(&held.service, &held.channels, held.reader.id);
        if let Some(session) = &held.session {
            state.sessions.leave(session, held.reader.id);
        }
        state.open = state.open.saturating_sub(1);
        if let Some(count) = state.callers.get_mut(&held.caller) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                state.callers.remove(&held.caller);
            }
        }
    }

    /// Ends everything that waits, in order, and holds nothing more.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.channels.readers().for_each(|reader| reader.end());
    }

    pub(crate) fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// What is counted.
    pub fn figures(&self) -> Figures {
        let kept = self.state().channels.kept_bytes();
        self.statistics.figures(kept)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds this lock can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
