//! What a subscriber's driver needs of the log and of the place where progress is kept.

use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;

use super::progress::Update;
use super::record::{Aggregate, Logged, Slice};
use crate::error::Error;

/// Lanes to be read again: after which position, and how many events.
pub(crate) type Wanted = Vec<(Aggregate, i64, usize)>;

/// What was read again of each lane.
pub(crate) type Reread = Vec<(Aggregate, Slice)>;

/// Dead letters to be delivered again, with the attempts that failed since.
pub(crate) type Replays = Vec<(Logged, u32)>;

/// The log and the progress of one consumer. Dropping a future of it loses nothing.
#[async_trait]
pub(crate) trait Store: Send + Sync + 'static {
    /// The wanted events after `after`, about `limit` of them at most. Waits until there are any, or until it is
    /// known that there is none up to some later position.
    async fn next(&self, after: i64, limit: usize) -> Result<Slice, Error>;

    /// The wanted events of each lane after its position, up to `through`.
    async fn reread(&self, lanes: &Wanted, through: i64) -> Result<Reread, Error>;

    /// Dead letters to be delivered again that are due at `now` (microseconds), the oldest of each aggregate, with
    /// the attempts that failed since.
    async fn replays(&self, now: i64, limit: usize) -> Result<Replays, Error>;

    /// Makes the update durable, all of it or nothing.
    async fn write(&self, update: &Update) -> Result<(), Error>;
}

/// How the drivers of a bus work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How long progress may wait to be written together with other progress.
    pub(crate) progress_interval: Duration,
    /// How often replays are looked for.
    pub(crate) poll_interval: Duration,
    /// How long the end waits for running handlers.
    pub(crate) shutdown_grace: Duration,
    /// With more aggregates than this in memory, which means blocked ones, the consumer reads no new
    /// events until some get through: its work fails as a whole.
    pub(crate) lanes: usize,
}

/// Something of a store that is under way.
pub(super) type Pending<T> = BoxFuture<'static, T>;
