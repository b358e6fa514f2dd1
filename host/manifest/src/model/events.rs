//! What a component hears of.

use std::time::Duration;

/// The kinds of event that the platform itself publishes.
pub const TICKS: [&str; 2] = ["lyceum.tick.minute", "lyceum.tick.hour"];

/// The kinds of event that every component may publish: each says by them what it did of a thing that is asked of all.
pub const SHARED: [&str; 1] = ["lyceum.platform.ErasureAnswered.v1"];

/// The kind of event by which a person's data is to be erased, by every component that has some.
pub const ERASURE: &str = "lyceum.users.ErasureRequested.v1";

/// One kind of event that a component is given. The consumer's name is the component's id and the mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The CloudEvents `type`, such as `lyceum.auth.UserCreated.v1`.
    pub kind: String,
    /// Whether it fills a read model or causes something new.
    pub mode: Mode,
    /// Where the component begins with this kind, if it never had it before. Ticks always begin now.
    pub from: Beginning,
    /// How long an event may wait for what another one brings (`not-yet`) before it is a dead letter; 1 s to 7 days, by
    /// default 10 minutes. Of a consumer's kinds the longest counts.
    pub patience: Option<Duration>,
    /// What the component builds of it lives in memory: when the host starts, events younger than
    /// this are delivered again. Projections only; 1 s to 7 days.
    pub replay_at_start: Option<Duration>,
    /// Events of this kind at work at once; from 1 to the limit `message_concurrency`, which is the
    /// default.
    pub concurrency: usize,
}

/// What handling an event means, and so whether it may be repeated on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Fills a read model; may be rebuilt from the log.
    Projection,
    /// Causes something new; is never rebuilt.
    Reaction,
}

/// Where a component begins with a kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// With the oldest event of the log.
    Log,
    /// With the next event.
    Now,
}
