//! Somebody who waits, and what waits for them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::task::AtomicWaker;
use tokio::time::Instant;

use crate::message::Kept;
use crate::position::Position;

/// What a reader is to be told.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Message(Arc<Kept>),
    /// Something may be missing before this.
    Reset(Position),
}

/// Somebody who waits, as the hub knows them.
pub(crate) struct Reader {
    pub(crate) id: u64,
    /// What is not after this it has had.
    after: Position,
    pub(crate) deadline: Instant,
    queue: Mutex<Queue>,
    pub(crate) waker: AtomicWaker,
    /// Ends its connection, whatever that is at.
    cut: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) entries: VecDeque<Entry>,
    pub(crate) ended: bool,
}

impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reader").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Reader {
    pub(crate) fn new(
        id: u64,
        after: Position,
        deadline: Instant,
        missed: Vec<Entry>,
        cut: Box<dyn Fn() + Send + Sync>,
    ) -> Arc<Self> {
        let queue = Mutex::new(Queue { entries: missed.into(), ended: false });
        Arc::new(Self { id, after, deadline, queue, waker: AtomicWaker::new(), cut })
    }

    /// False when so many wait already that it reads too slowly.
    pub(crate) fn tell(&self, kept: &Arc<Kept>, most: usize) -> bool {
        if kept.position.epoch == self.after.epoch && kept.position.number <= self.after.number {
            return true;
        }
        if self.queue().entries.len() >= most {
            return false;
        }
        self.put(Entry::Message(Arc::clone(kept)));
        true
    }

    pub(crate) fn put(&self, entry: Entry) {
        self.queue().entries.push_back(entry);
        self.waker.wake();
    }

    /// Nothing more is told.
    pub(crate) fn end(&self) {
        self.queue().ended = true;
        self.waker.wake();
    }

    /// Ends it even if its connection takes nothing.
    pub(crate) fn cut_off(&self) {
        self.end();
        (self.cut)();
    }

    /// A position of this host, or that from which the reader came if another host was ahead of this one.
    pub(crate) fn or_after(&self, head: Position) -> Position {
        let is_ahead = self.after.epoch == head.epoch && self.after.number > head.number;
        if is_ahead { self.after } else { head }
    }

    pub(crate) fn has_nothing(&self) -> bool {
        self.queue().entries.is_empty()
    }

    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing that holds this lock can leave it half changed.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
