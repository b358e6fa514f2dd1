//! What is counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// In which form a client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Server-sent events.
    Events,
    /// One answer.
    Poll,
    /// A WebSocket.
    WebSocket,
}

/// Counts since the start, and what is open now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Open streams of server-sent events.
    pub open_events: u64,
    /// Long polls that wait.
    pub open_polls: u64,
    /// Open WebSockets.
    pub open_websockets: u64,
    /// Messages that came from the bus.
    pub heard: u64,
    /// Messages that were handed to a connection.
    pub sent: u64,
    /// Readers that were cut off since too much waited for them.
    pub slow: u64,
    /// Streams that were refused since there were too many.
    pub refused: u64,
    /// Who came back and had to be told that what they missed isn't known.
    pub resets: u64,
    /// Bytes that are kept for those who come back.
    pub kept_bytes: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Statistics {
    open: [AtomicU64; 3],
    pub(crate) heard: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) slow: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) resets: AtomicU64,
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Statistics {
    fn of(&self, form: Form) -> &AtomicU64 {
        let [events, polls, websockets] = &self.open;
        match form {
            Form::Events => events,
            Form::Poll => polls,
            Form::WebSocket => websockets,
        }
    }

    pub(crate) fn opened(&self, form: Form) {
        count(self.of(form));
    }

    pub(crate) fn closed(&self, form: Form) {
        self.of(form).fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn figures(&self, kept_bytes: usize) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            open_events: read(self.of(Form::Events)),
            open_polls: read(self.of(Form::Poll)),
            open_websockets: read(self.of(Form::WebSocket)),
            heard: read(&self.heard),
            sent: read(&self.sent),
            slow: read(&self.slow),
            refused: read(&self.refused),
            resets: read(&self.resets),
            kept_bytes: u64::try_from(kept_bytes).unwrap_or(u64::MAX),
        }
    }
}
